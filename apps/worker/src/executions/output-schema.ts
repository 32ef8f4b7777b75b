import {
  getOwn,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  toJsonSchema,
  validateSchema,
} from '@attune/engine';

/**
 * The schema of an action's `data`. A flat one describes the fields of an object; of a list (the lines of `jsonl`), those of each
 * item.
 */
export function outputField(schema: Json, isList: boolean): JsonObject {
  const type = getOwn(schema, 'type');
  const isJsonSchema = typeof type === 'string';
  const field: JsonObject = isJsonSchema && isJsonObject(schema) ? schema : { type: 'object', properties: schema };
  return isList && type !== 'array' ? { type: 'array', items: field } : field;
}

/** Most differences that are told. */
const MAX_TOLD = 5;

/** Where data differs from what the action's output schema promises; values are never repeated. Empty: nowhere. */
export function outputProblems(data: Json, schema: Json): readonly string[] {
  if (!isJsonObject(schema) || Object.keys(schema).length === 0) return [];
  // The translation starts at an object: data is a field of one.
  const jsonSchema = toJsonSchema({ data: outputField(schema, isJsonArray(data)) });
  if (jsonSchema === null) return [];
  const outcome = validateSchema(jsonSchema, { data });
  switch (outcome.type) {
    case 'valid':
      return [];
    case 'invalid_schema':
      return [`the output schema cannot be used: ${outcome.message}`];
    case 'violations':
      return outcome.violations.slice(0, MAX_TOLD).map(({ path, message }) => `${message} at ${path}`);
  }
}
