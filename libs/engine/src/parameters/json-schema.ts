import { getOwn, isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.js';

/**
 * A JSON Schema of an object. Pack authors write the flat form instead, `{name: {type, required, secret, position, …}}`;
 * `toJsonSchema` turns it into this one.
 */
export type JsonSchema = JsonObject;

/**
 * The JSON Schema of a flat schema: `required` of each field is collected, `secret` and `position` stay out, entries that are no
 * objects are dropped. Something with `type: object` and `properties` is JSON Schema already. Null when there is nothing to check.
 */
export function toJsonSchema(schema: Json): JsonSchema | null {
  if (!isJsonObject(schema) || Object.keys(schema).length === 0) return null;
  if (isJsonSchema(schema)) return fieldSchema(schema);
  return { type: 'object', ...lifted(schema) };
}

function isJsonSchema(schema: JsonObject): boolean {
  return schema['type'] === 'object' && isJsonObject(schema['properties']);
}

/** The properties of an object, with the names whose own schema says `required: true`. */
function lifted(fields: JsonObject): JsonObject {
  const entries = Object.entries(fields).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]));
  return {
    properties: Object.fromEntries(entries.map(([name, field]) => [name, fieldSchema(field)])),
    required: entries.filter(([, field]) => field['required'] === true).map(([name]) => name),
  };
}

/** Keys that mean something else in JSON Schema or nothing at all; `properties` and `items` are translated by themselves. */
const OWN_KEYS: ReadonlySet<string> = new Set(['required', 'secret', 'position', 'properties', 'items']);

/** Takes our own keys off a schema and off those nested in `properties` and `items`. */
function fieldSchema(field: JsonObject): JsonObject {
  const { required, properties, items } = field;
  const result: Record<string, Json> = Object.fromEntries(Object.entries(field).filter(([key]) => !OWN_KEYS.has(key)));
  const named = isJsonArray(required) ? required : [];
  if (isJsonObject(properties)) {
    const nested = lifted(properties);
    result['properties'] = nested['properties'] ?? {};
    const lifting = nested['required'];
    result['required'] = [...new Set([...named, ...(isJsonArray(lifting) ? lifting : [])])];
  } else if (named.length > 0) {
    result['required'] = named;
  }
  if (items !== undefined) result['items'] = isJsonObject(items) ? fieldSchema(items) : items;
  return result;
}

/**
 * The schemas of an object's fields in either form, our own keys kept: for defaults, secrets and stand-ins.
 * `{}` for anything that describes no fields.
 */
export function fieldsOf(schema: Json | undefined): JsonObject {
  if (!isJsonObject(schema)) return {};
  const properties = getOwn(schema, 'properties');
  return isJsonSchema(schema) && isJsonObject(properties) ? properties : schema;
}

/** The schemas of the fields nested in a field; `{}` when it describes none. */
export function nestedFieldsOf(field: Json | undefined): JsonObject {
  const properties = getOwn(field, 'properties');
  return isJsonObject(properties) ? properties : {};
}

/** The declared types of a field, in order; empty when any type will do. */
export function typesOf(field: Json | undefined): readonly string[] {
  const type = getOwn(field, 'type');
  if (typeof type === 'string') return [type];
  return isJsonArray(type) ? type.filter((item) => typeof item === 'string') : [];
}
