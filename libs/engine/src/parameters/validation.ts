import { type Json, type JsonObject } from '../json.js';
import { applyDefaults } from './defaults.js';
import { coerceParameters } from './coercion.js';
import { toJsonSchema } from './json-schema.js';
import { type SchemaOutcome, type SchemaViolation, validateSchema } from './schema-validator.js';
import { replaceTemplates } from './template-stand-ins.js';

/** What parameters belong to; heads the message of a failure. */
export type ParameterOwner = 'action' | 'trigger' | 'queue';

/** `invalid_schema` is the fault of the owner's author, not of the parameters. */
export type ParameterOutcome =
  | { readonly type: 'valid' }
  | { readonly type: 'invalid'; readonly message: string; readonly violations: readonly SchemaViolation[] }
  | { readonly type: 'invalid_schema'; readonly message: string };

/** What an action gets: defaults filled in and values converted to their declared types. */
export function prepareParameters(schema: Json, parameters: JsonObject): JsonObject {
  return coerceParameters(schema, applyDefaults(schema, parameters));
}

/** Checks rendered parameters, as they will be delivered, against a flat schema (null or empty = nothing to check). */
export function validateParameters(
  owner: ParameterOwner,
  ref: string,
  schema: Json,
  parameters: JsonObject,
): ParameterOutcome {
  const jsonSchema = toJsonSchema(schema);
  if (jsonSchema === null) return { type: 'valid' };
  return toOutcome(owner, ref, validateSchema(jsonSchema, prepareParameters(schema, parameters)));
}

/** Checks parameters that may hold templates: what a template will give is not known yet and counts as right. */
export function validateParameterTemplates(
  owner: ParameterOwner,
  ref: string,
  schema: Json,
  parameters: JsonObject,
): ParameterOutcome {
  const jsonSchema = toJsonSchema(schema);
  if (jsonSchema === null) return { type: 'valid' };
  const standIns = replaceTemplates(schema, parameters);
  const outcome = validateSchema(jsonSchema, prepareParameters(schema, standIns.parameters));
  if (outcome.type !== 'violations') return toOutcome(owner, ref, outcome);
  const violations = outcome.violations.filter(({ path }) => !standIns.pointers.has(path));
  return violations.length === 0 ? { type: 'valid' } : toOutcome(owner, ref, { type: 'violations', violations });
}

function toOutcome(owner: ParameterOwner, ref: string, outcome: SchemaOutcome): ParameterOutcome {
  switch (outcome.type) {
    case 'valid':
      return outcome;
    case 'invalid_schema':
      return {
        type: 'invalid_schema',
        message: `The parameter schema of ${owner} '${ref}' cannot be used: ${outcome.message}`,
      };
    case 'violations': {
      const list = outcome.violations.map(({ path, message }) => (path === '' ? message : `${message} at ${path}`));
      const message = `Invalid ${subjectOf(owner)} '${ref}': ${list.join(', ')}`;
      return { type: 'invalid', message, violations: outcome.violations };
    }
  }
}

function subjectOf(owner: ParameterOwner): string {
  return owner === 'queue' ? 'queue item payload for queue' : `parameters for ${owner}`;
}
