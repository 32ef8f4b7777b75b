import { getOwn, isJsonArray, type Json, type JsonObject, redactSecrets, type SecretValue } from '@attune/engine';
import { outputField } from './output-schema.js';

/** A result as it is stored, and what was taken out of it; the pointers lead into the result. */
export interface RedactedResult {
  readonly redacted: JsonObject;
  readonly secrets: readonly SecretValue[];
}

/** Takes the values out of `data` that the action's output schema calls secret; of a list, out of each of its items. */
export function redactResult(result: JsonObject, outputSchema: Json): RedactedResult {
  const data = result['data'];
  if (outputSchema === null || data === undefined) return { redacted: result, secrets: [] };
  const field = outputField(outputSchema, isJsonArray(data));
  const { redacted, secrets } = redactSecrets({ data: field }, { data });
  if (secrets.length === 0) return { redacted: result, secrets };
  // queue_ack is a copy of a part of the data: it must not say what the data hides.
  const ack = getOwn(redacted['data'], 'queue_ack');
  const others = Object.fromEntries(Object.entries(result).filter(([key]) => key !== 'queue_ack'));
  return { redacted: { ...others, ...redacted, ...(ack === undefined ? {} : { queue_ack: ack }) }, secrets };
}
