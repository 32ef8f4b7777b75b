import { DomainError, MASK, type SecretBox } from '@attune/common';
import { type Json, isJsonObject } from '@attune/engine';

/** Header values, each sealed. */
export type SealedHeaders = Readonly<Record<string, string>>;

const MAX_HEADERS = 20;
const MAX_VALUE_LENGTH = 8_192;

/** Those that belong to the connection, not to whoever asks. */
const RESERVED = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

/**
 * Header values as they are stored: sealed, because they are usually tokens. A value that comes back masked keeps what is
 * stored under its name.
 *
 * @throws DomainError 400 for what is no header
 */
export function sealHeaders(headers: Json, box: SecretBox, stored: SealedHeaders = {}): SealedHeaders {
  if (!isJsonObject(headers)) throw headerProblem('must be a map of names and values');
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) throw headerProblem(`must not have more than ${MAX_HEADERS} entries`);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name) || name === '__proto__')
        throw headerProblem('has a name that is none');
      if (RESERVED.has(name.toLowerCase())) throw headerProblem(`must not have ${name}`);
      if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value) || value.length > MAX_VALUE_LENGTH) {
        throw headerProblem(`has a value that is none (${name})`);
      }
      const kept = value === MASK && Object.hasOwn(stored, name) ? stored[name] : undefined;
      return [name, kept ?? box.seal(value)];
    }),
  );
}

const headerProblem = (reason: string): DomainError => new DomainError('pack_index.bad_request', `headers ${reason}`);

/** @throws SecretBoxError when they were sealed with another key */
export function openHeaders(stored: SealedHeaders, box: SecretBox): Record<string, string> {
  return Object.fromEntries(Object.entries(stored).map(([name, sealed]) => [name, String(box.open(sealed))]));
}

/** What anybody sees of them. */
export const maskedHeaders = (stored: SealedHeaders): Record<string, string> =>
  Object.fromEntries(Object.keys(stored).map((name) => [name, MASK]));
