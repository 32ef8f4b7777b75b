import { type AnyOperation } from '@attune/contract';
import fc from 'fast-check';
import { type z } from 'zod';
import { arbitraryFor, type KnownValues } from './schema-arbitrary.js';

/** One request as it is sent. */
export interface FuzzRequest {
  readonly operationId: string;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly contentType: string | null;
  readonly body: string | null;
  /** Which of the callers sends it. */
  readonly caller: number;
}

/** Requests of one operation by any of `callers` callers. */
export function fuzzRequests(operation: AnyOperation, known: KnownValues, callers: number): fc.Arbitrary<FuzzRequest> {
  const texts = (schema: z.ZodObject | undefined) => (schema ? arbitraryFor(schema, known) : fc.constant({}));
  return fc
    .record({
      params: texts(operation.params),
      query: texts(operation.query),
      content: contentOf(operation, known),
      caller: fc.nat({ max: callers - 1 }),
    })
    .map(({ params, query, content, caller }) => ({
      operationId: operation.operationId,
      method: operation.method,
      url: pathOf(operation, params) + queryOf(query),
      ...content,
      caller,
    }));
}

interface Content {
  readonly contentType: string | null;
  readonly body: string | null;
}

const JSON_TYPE = 'application/json';

function contentOf(operation: AnyOperation, known: KnownValues): fc.Arbitrary<Content> {
  const none: Content = { contentType: null, body: null };
  if (operation.multipart) return formOf(operation.multipart);
  if (operation.rawBody) return fc.string().map((body) => ({ contentType: 'application/octet-stream', body }));
  if (!operation.body) return fc.constant(none);
  const good = arbitraryFor(operation.body, known).map((body) => ({
    contentType: JSON_TYPE,
    body: JSON.stringify(body),
  }));
  const bad: fc.Arbitrary<Content> = fc.oneof(
    fc.string().map((body) => ({ contentType: JSON_TYPE, body })),
    fc.constant({ contentType: JSON_TYPE, body: '['.repeat(5_000) }),
    fc.constant({ contentType: 'text/xml', body: '<a/>' }),
    fc.constant({ contentType: JSON_TYPE, body: '{"a":1e999,"b":12345678901234567890}' }),
    fc.constant(none),
  );
  return fc.oneof({ weight: 20, arbitrary: good }, { weight: 1, arbitrary: bad });
}

/** A form whose file is hardly ever what it should be. */
function formOf(fields: NonNullable<AnyOperation['multipart']>): fc.Arbitrary<Content> {
  return fc.tuple(fc.string(), fc.boolean()).map(([text, isCut]) => {
    const parts = Object.entries(fields).map(([name, type]) => {
      const file = type === 'file' ? '; filename="pack.tar.gz"\r\nContent-Type: application/gzip' : '';
      return `--fuzz\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${text}\r\n`;
    });
    return { contentType: 'multipart/form-data; boundary=fuzz', body: parts.join('') + (isCut ? '' : '--fuzz--\r\n') };
  });
}

function pathOf({ path }: AnyOperation, params: unknown): string {
  const values = typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {};
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encode(values[name] ?? 'x') || 'x');
}

function queryOf(query: unknown): string {
  if (typeof query !== 'object' || query === null) return '';
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** As an address shows it; half a character, which has no such form, becomes a replacement character. */
function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed());
}
