import { getOwn, isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.js';
import { pointerSegments, pointerStep, valueAtPath } from '../json-path.js';
import { fieldsOf } from './json-schema.js';

/** What is stored and shown in place of a secret. */
export const REDACTED_SECRET: JsonObject = Object.freeze({ $attune_secret: true, redacted: true });

export interface SecretValue {
  /** Where it was, as a JSON pointer. */
  readonly pointer: string;
  readonly value: Json;
}

export interface Redaction {
  readonly redacted: JsonObject;
  readonly secrets: readonly SecretValue[];
}

export function isRedactedSecret(value: Json | undefined): boolean {
  return getOwn(value, '$attune_secret') === true;
}

/** Whether a redacted secret stands anywhere in a value: its plain text is to be had elsewhere. */
export function holdsRedactedSecret(value: Json): boolean {
  if (isRedactedSecret(value)) return true;
  if (isJsonArray(value)) return value.some(holdsRedactedSecret);
  return isJsonObject(value) && Object.values(value).some(holdsRedactedSecret);
}

/**
 * Takes out every value the schema marks `secret: true`, at any depth of properties, items and combined schemas. Null and what
 * is redacted already hold no secret and stay.
 */
export function redactSecrets(schema: Json, values: JsonObject): Redaction {
  const secrets: SecretValue[] = [];
  const redacted = redactFields([fieldsOf(schema)], [schema], values, '', secrets);
  return { redacted, secrets };
}

/**
 * Redacts as `redactSecrets` does and takes out what stands at `foreign` (pointers) as well: values that came from a secret
 * source. One that the schema calls secret anyway, or is null or missing, adds nothing.
 */
export function redactForeignSecrets(
  schema: Json,
  values: JsonObject,
  foreign: readonly string[],
): Redaction & { readonly foreign: readonly string[] } {
  const base = redactSecrets(schema, values);
  return foreign.reduce<Redaction & { readonly foreign: readonly string[] }>(
    (done, pointer) => {
      const path = pointerSegments(pointer);
      if (path.some((_, depth) => isRedactedSecret(valueAtPath(done.redacted, path.slice(0, depth + 1))))) return done;
      const value = valueAtPath(values, path);
      if (value === undefined || value === null) return done;
      return {
        redacted: replaceAt(done.redacted, path, REDACTED_SECRET) as JsonObject, // only something inside it was replaced
        secrets: [...done.secrets.filter((secret) => !secret.pointer.startsWith(`${pointer}/`)), { pointer, value }],
        foreign: [...done.foreign, pointer],
      };
    },
    { ...base, foreign: [] },
  );
}

/**
 * Where redacted secrets stand in parameters that the schema does not call secret: they came from a secret source, or somebody
 * made them up. Pointers.
 */
export function misplacedSecrets(schema: Json, redacted: JsonObject): readonly string[] {
  const pointers = redactedPointers(redacted, '');
  if (pointers.length === 0) return [];
  const filled = restoreSecrets(
    redacted,
    pointers.map((pointer) => ({ pointer, value: '' })),
  );
  const allowed = isJsonObject(filled) ? redactSecrets(schema, filled).secrets.map(({ pointer }) => pointer) : [];
  return pointers.filter((pointer) => !allowed.some((one) => pointer === one || pointer.startsWith(`${one}/`)));
}

function redactedPointers(value: Json, pointer: string): readonly string[] {
  if (isRedactedSecret(value)) return [pointer];
  if (isJsonArray(value)) return value.flatMap((item, index) => redactedPointers(item, pointer + pointerStep(index)));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => redactedPointers(item, pointer + pointerStep(name)));
}

/** Puts secrets back where they were. A pointer that leads nowhere any more is passed over. */
export function restoreSecrets(values: Json, secrets: readonly SecretValue[]): Json {
  return secrets.reduce((restored, { pointer, value }) => replaceAt(restored, pointerSegments(pointer), value), values);
}

function replaceAt(target: Json, path: readonly string[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (isJsonArray(target)) {
    return target.map((item, index) => (String(index) === key ? replaceAt(item, rest, value) : item));
  }
  const item = getOwn(target, key);
  return isJsonObject(target) && item !== undefined ? { ...target, [key]: replaceAt(item, rest, value) } : target;
}

/** `schemas` all describe the same value: a schema and those it is combined with. */
function redact(schemas: readonly Json[], value: Json, pointer: string, secrets: SecretValue[]): Json {
  if (value === null || isRedactedSecret(value)) return value;
  const all = schemas.flatMap(combined);
  if (all.some((schema) => getOwn(schema, 'secret') === true)) {
    secrets.push({ pointer, value });
    return REDACTED_SECRET;
  }
  if (isJsonArray(value)) {
    return value.map((item, index) => redact(itemSchemas(all, index), item, pointer + pointerStep(index), secrets));
  }
  if (!isJsonObject(value)) return value;
  const properties = all.map((schema) => getOwn(schema, 'properties')).filter(isJsonObject);
  return redactFields(properties, all, value, pointer, secrets);
}

function redactFields(
  fields: readonly JsonObject[],
  schemas: readonly Json[],
  values: JsonObject,
  pointer: string,
  secrets: SecretValue[],
): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const named = fields.map((group) => getOwn(group, name)).filter((schema) => schema !== undefined);
      const others = schemas.map((schema) => getOwn(schema, 'additionalProperties')).filter(isJsonObject);
      return [name, redact(named.length > 0 ? named : others, value, pointer + pointerStep(name), secrets)];
    }),
  );
}

/** A schema with those it is combined with: whichever of them applies, none may leak. */
function combined(schema: Json): readonly Json[] {
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => {
    const list = getOwn(schema, key);
    return isJsonArray(list) ? list : [];
  });
  return [schema, ...parts.flatMap(combined)];
}

function itemSchemas(schemas: readonly Json[], index: number): readonly Json[] {
  return schemas.flatMap((schema) => {
    const prefix = getOwn(schema, 'prefixItems');
    const positional = isJsonArray(prefix) ? prefix[index] : undefined;
    const items = positional ?? getOwn(schema, 'items');
    return items === undefined ? [] : [items];
  });
}
