import { getOwn, isJsonArray, isJsonNumber, isJsonObject, type Json, type JsonObject, stringifyJson } from '../json.js';
import { fieldsOf, nestedFieldsOf, typesOf } from './json-schema.js';

/**
 * Converts values to the declared type where nothing is lost: `"12"` for an integer, `"true"` for a boolean, anything for a string
 * (structures as JSON). What does not convert stays and fails validation. Applies to nested fields and items as well.
 */
export function coerceParameters(schema: Json, parameters: JsonObject): JsonObject {
  return coerceFields(fieldsOf(schema), parameters);
}

function coerceFields(fields: JsonObject, values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, coerceValue(getOwn(fields, name), value)]),
  );
}

function coerceValue(field: Json | undefined, value: Json): Json {
  if (!isJsonObject(field)) return value;
  const converted = convert(typesOf(field), value);
  if (isJsonObject(converted)) return coerceFields(nestedFieldsOf(field), converted);
  if (isJsonArray(converted)) return converted.map((item) => coerceValue(getOwn(field, 'items'), item));
  return converted;
}

function convert(types: readonly string[], value: Json): Json {
  if (value === null || types.length === 0 || types.some((type) => isOfType(type, value))) return value;
  for (const type of types) {
    const converted = convertTo(type, value);
    if (converted !== undefined) return converted;
  }
  return value;
}

function isOfType(type: string, value: Json): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return isJsonNumber(value);
    case 'integer':
      return isJsonNumber(value) && (typeof value === 'bigint' || Number.isInteger(value));
    case 'array':
      return isJsonArray(value);
    case 'object':
      return isJsonObject(value);
    default:
      return false;
  }
}

const INTEGER_TEXT = /^-?\d+$/;
const NUMBER_TEXT = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Undefined when the value cannot be converted without loss. */
function convertTo(type: string, value: Json): Json | undefined {
  if (type === 'string') return typeof value === 'object' ? stringifyJson(value) : String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if ((type === 'integer' || type === 'number') && INTEGER_TEXT.test(text)) return exactInteger(text);
  return type === 'number' && NUMBER_TEXT.test(text) ? finite(Number(text)) : undefined;
}

/** A double holds whole numbers up to 2^53 only. */
function exactInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}
