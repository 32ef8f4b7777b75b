import { getOwn, isJsonObject, type Json, type JsonObject } from '../json.js';
import { fieldsOf, nestedFieldsOf } from './json-schema.js';

/**
 * Fills in schema defaults for fields that are missing or null, also inside objects that are there. A null without default is
 * taken away: null counts as missing. Undeclared fields stay as they are.
 */
export function applyDefaults(schema: Json, parameters: JsonObject): JsonObject {
  return fill(fieldsOf(schema), parameters);
}

function fill(fields: JsonObject, values: JsonObject): JsonObject {
  const result = new Map(Object.entries(values));
  for (const [name, field] of Object.entries(fields)) {
    if (!isJsonObject(field)) continue;
    const value = getOwn(values, name) ?? getOwn(field, 'default');
    if (value === undefined || value === null) result.delete(name);
    else result.set(name, isJsonObject(value) ? fill(nestedFieldsOf(field), value) : value);
  }
  return Object.fromEntries(result);
}
