import { type AnyOperation, contractModels } from '@attune/contract';
import { DomainError } from '@attune/common';
import { z } from 'zod';
import { parseJsonBody } from './json-body.js';
import { isTooDeep, MAX_JSON_DEPTH } from './json-depth.js';
import { jsonText } from './json-text.js';
import { UnreadableRequest } from './rejections.js';

type Texts = Readonly<Record<string, unknown>>;

/** Path and query arrive as text; numbers and truth values are read here, everything else is left to the schema. */
export function decodeTexts(schema: z.ZodObject | undefined, texts: unknown, where: 'path' | 'query string'): unknown {
  if (!schema) return undefined;
  const kinds = kindsOf(schema);
  const values: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(texts as Texts)) {
    // No stored text holds one, and PostgreSQL refuses to compare with it.
    if (String(text).includes('\0')) throw new UnreadableRequest(400, `The ${where} holds a NUL character: ${name}`);
    values[name] = readText(kinds[name], text);
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new UnreadableRequest(400, `The ${where} cannot be read: ${describeIssues(parsed.error)}`);
}

function readText(kind: string | undefined, text: unknown): unknown {
  if (kind === 'integer' && typeof text === 'string' && /^-?\d{1,16}$/.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** JSON Schema type of each field; asked once per schema. */
const knownKinds = new WeakMap<z.ZodObject, Readonly<Record<string, string | undefined>>>();

function kindsOf(schema: z.ZodObject): Readonly<Record<string, string | undefined>> {
  const known = knownKinds.get(schema);
  if (known) return known;
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const kinds = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      typeof field === 'object' && typeof field.type === 'string' ? field.type : undefined,
    ]),
  );
  knownKinds.set(schema, kinds);
  return kinds;
}

/**
 * Reads a JSON body.
 * @throws UnreadableRequest 415 no JSON, 400 malformed, 422 of the wrong shape
 * @throws DomainError 422 when only declared lengths or ranges are broken
 */
export function decodeBody(operation: AnyOperation, raw: Buffer, contentType: string | undefined): unknown {
  const { body: schema } = operation;
  if (operation.multipart && !/^multipart\/form-data\s*;/i.test(contentType ?? '')) {
    throw new UnreadableRequest(415, 'The body must be sent as Content-Type: multipart/form-data');
  }
  // A webhook reads its body itself: whatever is sent to it is noted in its log, also what cannot be read.
  if (!schema || operation.auth === 'webhook-key') return undefined;
  if (operation.bodyOptional === true && contentType === undefined && raw.length === 0) return undefined;
  if (!isJson(contentType)) {
    throw new UnreadableRequest(415, 'The body must be sent as Content-Type: application/json');
  }
  return decodeJson(schema, parseJson(raw, operation));
}

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);

/**
 * @throws UnreadableRequest 400
 * @throws DomainError 422 for a number that would become another one
 */
function parseJson(raw: Buffer, operation: AnyOperation): unknown {
  if (isTooDeep(raw)) throw new UnreadableRequest(400, `The body nests deeper than ${MAX_JSON_DEPTH} levels`);
  try {
    return parseJsonBody(jsonText(raw), operation);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new UnreadableRequest(
      400,
      `The body is not valid JSON: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

function decodeJson(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(withoutAliases(schema, value));
  if (parsed.success) return parsed.data;
  const message = describeIssues(parsed.error);
  if (parsed.error.issues.every(isDeclaredLimit)) throw new DomainError('request.invalid', message);
  throw new UnreadableRequest(422, `The body has the wrong shape: ${message}`);
}

/** Moves keys that came under another name the contract accepts. */
function withoutAliases(schema: z.ZodType, value: unknown): unknown {
  const { aliases } = contractModels.get(schema) ?? {};
  if (!aliases || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const renamed: Record<string, unknown> = { ...value };
  for (const [alias, key] of Object.entries(aliases)) renamed[key] ??= renamed[alias];
  return renamed;
}

/** Bounds of the integer types: a number outside is of the wrong type, not merely too large. */
const TYPE_BOUNDS: ReadonlySet<number | bigint> = new Set([0, -2_147_483_648, 2_147_483_647, 4_294_967_295]);

function isDeclaredLimit(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'too_small') return issue.origin !== 'number' || !TYPE_BOUNDS.has(issue.minimum);
  if (issue.code === 'too_big') return issue.origin !== 'number' || !TYPE_BOUNDS.has(issue.maximum);
  return false;
}

function describeIssues({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ');
}
