import { getOwn, isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.js';
import { pointerStep } from '../json-path.js';
import { fieldsOf, nestedFieldsOf, typesOf } from './json-schema.js';

/** Parameters without templates, and where the templates were (JSON pointers). */
export interface StandIns {
  readonly parameters: JsonObject;
  readonly pointers: ReadonlySet<string>;
}

/**
 * Puts a fitting value in place of every string that holds a template, so that the rest can be validated before the templates are
 * rendered. Where the stand-in breaks a finer rule (a pattern, a least length), the caller overlooks it: see `pointers`.
 */
export function replaceTemplates(schema: Json, parameters: JsonObject): StandIns {
  const pointers = new Set<string>();
  return { parameters: replaceIn(fieldsOf(schema), parameters, '', pointers), pointers };
}

function replaceIn(fields: JsonObject, values: JsonObject, pointer: string, pointers: Set<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      return [name, replace(getOwn(fields, name), value, pointer + pointerStep(name), pointers)];
    }),
  );
}

function replace(field: Json | undefined, value: Json, pointer: string, pointers: Set<string>): Json {
  if (typeof value === 'string') {
    if (!value.includes('{{') || !value.includes('}}')) return value;
    pointers.add(pointer);
    return standIn(field);
  }
  if (isJsonArray(value)) {
    const items = getOwn(field, 'items');
    return value.map((item, index) => replace(items, item, pointer + pointerStep(index), pointers));
  }
  return isJsonObject(value) ? replaceIn(nestedFieldsOf(field), value, pointer, pointers) : value;
}

const BY_TYPE: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['integer', 0],
  ['number', 0],
  ['boolean', true],
  ['array', []],
  ['object', {}],
  ['string', 'template'],
  ['null', null],
]);

function standIn(field: Json | undefined): Json {
  const byValue = getOwn(field, 'default') ?? firstOf(getOwn(field, 'enum')) ?? getOwn(field, 'const');
  if (byValue !== undefined) return byValue;
  const [type] = typesOf(field);
  const minimum = getOwn(field, 'minimum');
  if (minimum !== undefined && (type === 'integer' || type === 'number')) return minimum;
  return BY_TYPE.get(type ?? 'string') ?? 'template';
}

function firstOf(list: Json | undefined): Json | undefined {
  return isJsonArray(list) ? list[0] : undefined;
}
