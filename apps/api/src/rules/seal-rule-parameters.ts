import { type SecretBox, sealValues } from '@attune/common';
import { hasTemplate, isJsonArray, isJsonObject, type Json, type JsonObject } from '@attune/engine';

/** Seals the literal secrets among the parameters of a rule. Templates stay readable: what they name is kept elsewhere. */
export const sealRuleParameters = (box: SecretBox, schema: Json, parameters: JsonObject): JsonObject =>
  sealValues(box, schema, parameters, (value) => !holdsTemplate(value));

function holdsTemplate(value: Json): boolean {
  if (typeof value === 'string') return hasTemplate(value);
  if (isJsonArray(value)) return value.some(holdsTemplate);
  return isJsonObject(value) && Object.values(value).some(holdsTemplate);
}
