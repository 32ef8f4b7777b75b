import { isJsonObject, type Json, type JsonObject, schemaProblem, toJsonSchema } from '@attune/engine';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { freeMap } from './fields.js';

/** A flat schema as it is stored: `name -> definition`, or a plain JSON Schema of an object. */
export type FlatSchema = JsonObject;

interface SchemaProblem {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** Reads no data: it holds schemas against the rules of JSON Schema, and unlike a compiler says where one breaks them. */
const metaSchema = new Ajv2020({ allErrors: true, strict: false, logger: false });

/** Attune's own keys of a definition; the rest is JSON Schema. An object may list the names it requires instead. */
const OWN_KEYS = z.object({
  required: z.union([z.boolean(), z.array(z.string())], 'must be true or false').optional(),
  secret: z.boolean('must be true or false').optional(),
  position: z.int('must be a whole number').optional(),
});

/** The value of `parameters`, `output` and `conf_schema`. */
export const flatSchema = freeMap.superRefine((schema, context) => {
  for (const { path, message } of schemaProblems(schema)) {
    context.addIssue({ code: 'custom', path, message, input: schema });
  }
});

function schemaProblems(schema: FlatSchema): SchemaProblem[] {
  if (schema['type'] === 'object' && isJsonObject(schema['properties'])) return jsonSchemaProblems(schema, 0);
  return Object.entries(schema).flatMap(([name, definition]) => definitionProblems(name, definition));
}

function definitionProblems(name: string, definition: Json): SchemaProblem[] {
  if (!isJsonObject(definition)) return [{ path: [name], message: 'must be a map with a type and a description' }];
  const own = OWN_KEYS.safeParse(definition);
  if (!own.success) return own.error.issues.map(({ path, message }) => ({ path: [name, ...path], message }));
  return jsonSchemaProblems({ [name]: definition }, 1);
}

/** @param added steps that the conversion puts in front of every path */
function jsonSchemaProblems(schema: FlatSchema, added: number): SchemaProblem[] {
  const converted = toJsonSchema(schema);
  if (converted === null) return [];
  if (metaSchema.validateSchema(converted) !== true) return placesOf(added);
  const problem = schemaProblem(converted);
  return problem === null ? [] : [{ path: Object.keys(schema).slice(0, added), message: problem }];
}

/** One problem for each place: the alternatives a place has all fail together and say the same thing thrice. */
function placesOf(added: number): SchemaProblem[] {
  const places = new Map<string, SchemaProblem>();
  for (const { instancePath, message } of metaSchema.errors ?? []) {
    if (places.has(instancePath)) continue;
    const path = instancePath
      .split('/')
      .slice(1 + added)
      .map(decodePointerStep);
    places.set(instancePath, { path, message: messageAt(path, message) });
  }
  return [...places.values()];
}

function messageAt(path: PropertyKey[], message: string | undefined): string {
  return path.at(-1) === 'type'
    ? 'must be string, integer, number, boolean, array or object'
    : (message ?? 'is not valid JSON Schema');
}

function decodePointerStep(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~');
}
