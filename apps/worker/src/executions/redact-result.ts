import { type Json, type JsonObject, isJsonObject, redactSecrets, type SecretValue } from '@attune/engine';

/** A result as it is stored, and what was taken out of it; the pointers lead into the result. */
export interface RedactedResult {
  readonly redacted: JsonObject;
  readonly secrets: readonly SecretValue[];
}

/** Takes the values out of `data` that the action's output schema calls secret. */
export function redactResult(result: JsonObject, outputSchema: Json): RedactedResult {
  const data = result['data'];
  if (outputSchema === null || !isJsonObject(data)) return { redacted: result, secrets: [] };
  const { redacted, secrets } = redactSecrets(outputSchema, data);
  if (secrets.length === 0) return { redacted: result, secrets: [] };
  // queue_ack is a copy of a part of the data: it must not say what the data hides.
  const ack = redacted['queue_ack'] === undefined ? {} : { queue_ack: redacted['queue_ack'] };
  return {
    redacted: { ...result, data: redacted, ...ack },
    secrets: secrets.map(({ pointer, value }) => ({ pointer: `/data${pointer}`, value })),
  };
}
