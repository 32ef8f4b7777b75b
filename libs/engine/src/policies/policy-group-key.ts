import { canonicalJson, getOwn, type Json, type JsonObject } from '../json.js';
import { valueAtPath } from '../json-path.js';
import { holdsRedactedSecret } from '../parameters/secrets.js';

/** The key is a column of that length. */
export const MAX_GROUP_KEY_LENGTH = 512;

export interface GroupedParameters {
  /** As the action gets them, secrets in plain text. */
  readonly plain: JsonObject;
  /** The same with secrets redacted, in as many ways as there are to know them; what any of them calls a secret is one. */
  readonly redacted: readonly JsonObject[];
}

/**
 * Which group of a policy an execution belongs to: the JSON object of the values at the parameter paths, missing ones null.
 * Equal values give equal keys, and different paths different ones. A value with a secret in it is replaced by its digest, a key that
 * is too long by the digest of all of it.
 *
 * @param digest of a text, one-way and keyed, so that nobody can find a secret by trying
 */
export function policyGroupKey(
  paths: readonly string[],
  { plain, redacted }: GroupedParameters,
  digest: (text: string) => string,
): string {
  const values = paths.map((path): [string, Json] => {
    const value = parameterAt(plain, path);
    const isSecret = redacted.some((form) => holdsRedactedSecret(parameterAt(form, path)));
    return [path, isSecret ? { $attune_secret: digest(canonicalJson(value)) } : value];
  });
  const key = canonicalJson(Object.fromEntries(values));
  return key.length <= MAX_GROUP_KEY_LENGTH ? key : digest(key);
}

/** A name may hold dots itself, so the whole path is tried as a name first. */
function parameterAt(parameters: JsonObject, path: string): Json {
  return getOwn(parameters, path) ?? valueAtPath(parameters, path.split('.')) ?? null;
}
