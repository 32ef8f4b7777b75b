import {
  getOwn,
  isJsonArray,
  isJsonObject,
  isRedactedSecret,
  type Json,
  type JsonObject,
  pointerStep,
  redactSecrets,
  REDACTED_SECRET,
  restoreSecrets,
  withRawNumbers,
} from '@attune/engine';
import { DomainError } from '../errors/domain-error.js';
import { type SecretBox } from './secret-box.js';

/*
 * Secrets inside JSON that is kept as a whole: the configuration of a pack, the parameters of a rule. Each is stored as
 * `{"$attune_secret": true, "redacted": true, "sealed": "<text>"}`, so whatever meets one unopened takes it for a redacted
 * secret. Once sealed, a value stays a secret, whatever a later schema says.
 */

/** Seals every value that the schema calls secret. What is sealed already stays as it is. */
export function sealValues(
  box: SecretBox,
  schema: Json,
  values: JsonObject,
  isSecret: (value: Json) => boolean = () => true,
): JsonObject {
  const { secrets } = redactSecrets(schema, values);
  const sealed = secrets
    .filter(({ value }) => isSecret(value))
    .map(({ pointer, value }) => ({
      pointer,
      value: { ...REDACTED_SECRET, sealed: box.seal(withRawNumbers(value)) },
    }));
  return restoreSecrets(values, sealed) as JsonObject; // only something inside it was replaced
}

/** The values in plain text. They must not leave the process. @throws SecretBoxError */
export const openValues = (box: SecretBox, values: JsonObject): JsonObject =>
  mapSealed(values, (sealed) => box.open(sealed) as Json) as JsonObject; // what was sealed is JSON

/** The values as they may be shown: each sealed one is replaced by `{"$attune_secret": true, "redacted": true}`. */
export const hideValues = (values: JsonObject): JsonObject => mapSealed(values, () => REDACTED_SECRET) as JsonObject;

/** Seals with the current key what another one sealed; null when there is nothing of that kind. @throws SecretBoxError */
export function resealValues(box: SecretBox, values: JsonObject): JsonObject | null {
  const renewed = new Set<string>();
  const resealed = mapSealed(values, (sealed) => {
    const text = box.reseal(sealed);
    if (text !== null) renewed.add(text);
    return { ...REDACTED_SECRET, sealed: text ?? sealed };
  });
  return renewed.size > 0 ? (resealed as JsonObject) : null;
}

/**
 * Puts what is stored in the place of each redacted secret that somebody sends back, so that what was read can be changed and
 * written. Only what stands at the same place: nobody moves a secret they cannot see.
 * @throws DomainError request.invalid where no secret is stored
 */
export function keepSealed(given: JsonObject, stored: JsonObject): JsonObject {
  return keep(given, stored, '') as JsonObject;
}

function keep(given: Json, stored: Json | undefined, pointer: string): Json {
  if (isRedactedSecret(given)) {
    if (stored !== undefined && sealedTextOf(stored) !== null) return stored;
    throw new DomainError('request.invalid', `${pointer} stands for a secret, and none is stored there`);
  }
  if (isJsonArray(given)) {
    const items = isJsonArray(stored ?? null) ? (stored as readonly Json[]) : [];
    return given.map((item, index) => keep(item, items[index], pointer + pointerStep(index)));
  }
  if (!isJsonObject(given)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, item]) => [name, keep(item, getOwn(stored, name), pointer + pointerStep(name))]),
  );
}

/** Where sealed values stand (JSON pointers). */
export function sealedPointers(values: Json, pointer = ''): readonly string[] {
  if (sealedTextOf(values) !== null) return [pointer];
  if (isJsonArray(values)) return values.flatMap((item, index) => sealedPointers(item, pointer + pointerStep(index)));
  if (!isJsonObject(values)) return [];
  return Object.entries(values).flatMap(([name, item]) => sealedPointers(item, pointer + pointerStep(name)));
}

/** Untouched branches are the same objects, so that what holds nothing sealed costs a look and no memory. */
function mapSealed(value: Json, change: (sealed: string) => Json): Json {
  const sealed = sealedTextOf(value);
  if (sealed !== null) return change(sealed);
  if (isJsonArray(value)) {
    const items = value.map((item) => mapSealed(item, change));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, mapSealed(item, change)] as const);
  return entries.some(([name, item]) => item !== value[name]) ? Object.fromEntries(entries) : value;
}

function sealedTextOf(value: Json): string | null {
  if (!isRedactedSecret(value)) return null;
  const sealed = getOwn(value, 'sealed');
  return typeof sealed === 'string' ? sealed : null;
}
