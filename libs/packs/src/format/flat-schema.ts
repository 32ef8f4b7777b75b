import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';

/** A flat schema as it is stored: `name -> definition`, or a plain JSON Schema of an object. */
export type FlatSchema = Record<string, unknown>;

/** Reads no data, only checks schemas against the rules of JSON Schema. */
const metaSchema = addFormats.default(new Ajv({ strict: false, logger: false }), ['regex']);

/** Attune's own keys of a definition; the rest is JSON Schema. */
const ATTUNE_KEYS = {
  required: z.boolean('must be true or false'),
  secret: z.boolean('must be true or false'),
  position: z.int('must be a whole number'),
};

/** The value of `parameters`, `output` and `conf_schema`. */
export const flatSchema = z.record(z.string(), z.unknown()).superRefine((schema, context) => {
  for (const { path, message } of schemaProblems(schema)) {
    context.addIssue({ code: 'custom', path, message, input: schema });
  }
});

interface SchemaProblem {
  readonly path: PropertyKey[];
  readonly message: string;
}

function schemaProblems(schema: FlatSchema): SchemaProblem[] {
  if (schema['type'] === 'object' && isMap(schema['properties'])) return jsonSchemaProblems(schema);
  return Object.entries(schema).flatMap(([name, definition]) => definitionProblems(name, definition));
}

function definitionProblems(name: string, definition: unknown): SchemaProblem[] {
  if (!isMap(definition)) return [{ path: [name], message: 'must be a map with a type and a description' }];
  const { required, secret, position, ...rest } = definition;
  const own = z.object(ATTUNE_KEYS).partial().safeParse({ required, secret, position });
  const problems = own.success ? [] : own.error.issues.map(({ path, message }) => ({ path: [...path], message }));
  return [...problems, ...jsonSchemaProblems(rest)].map(({ path, message }) => ({ path: [name, ...path], message }));
}

/** One problem for each place: the alternatives a place has all fail together and say the same thing thrice. */
function jsonSchemaProblems(schema: FlatSchema): SchemaProblem[] {
  if (metaSchema.validateSchema(schema) === true) return [];
  const places = new Map<string, SchemaProblem>();
  for (const { instancePath, message } of metaSchema.errors ?? []) {
    if (places.has(instancePath)) continue;
    const path = instancePath.split('/').slice(1).map(decodePointerStep);
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

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
