import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@attune/engine';

export const MASK = '***';

/** Longest text (characters) that is kept of what a caller wrote. */
const MAX_TEXT = 2_000;

/** Names under which secrets are found, whatever their spelling: `apiKey`, `API_KEY`, `x-api-key`. */
const SECRET_NAME =
  /pass(word|wd|phrase)|secret|token|credential|authorization|cookie|signature|(api|private|webhook|encryption|access|signing)[-_]?key$/i;

/** These say something about a secret, not what it is. */
const HARMLESS_NAME = /^(token_type|actor_token_type|token_id|secret_count)$/;

/** Our own kinds of secrets, wherever they stand: webhook keys, integration tokens, JSON web tokens. */
const SECRET_TEXT = /\bwh_[0-9a-f]{8,}|\battune_it_[\w-]+|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/**
 * A copy of which nothing under a name of a secret, and none of our own secrets, is left. What merely tells that there is
 * one (true, false, null) stays. Texts are made such that every column takes them.
 */
export function maskSecrets(details: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [plain(name), isSecret(name, value) ? MASK : masked(value)]),
  );
}

/** A text for a column: no NUL, no half characters, not too long, and none of our secrets in it. Null stays null. */
export function storableText(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : plain(text);
}

function masked(value: Json): Json {
  if (typeof value === 'string') return plain(value);
  if (typeof value === 'bigint') return value.toString(); // JSON.stringify refuses it
  if (isJsonArray(value)) return value.map(masked);
  return isJsonObject(value) ? maskSecrets(value) : value;
}

const isSecret = (name: string, value: Json): boolean =>
  value !== null && typeof value !== 'boolean' && SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);

function plain(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return short.replaceAll('\0', '\uFFFD').toWellFormed().replace(SECRET_TEXT, MASK);
}
