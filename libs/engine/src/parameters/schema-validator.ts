import { type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { RE2JS } from 're2js';
import { BoundedCache } from '../bounded-cache.js';
import { canonicalJson, type Json, withDoubles } from '../json.js';
import { type JsonSchema } from './json-schema.js';

/** One violation: what is wrong and where, as a JSON pointer (`''` = the value itself). */
export interface SchemaViolation {
  readonly path: string;
  readonly message: string;
}

/** `invalid_schema`: the schema itself cannot be compiled, so nothing can be said about the value. */
export type SchemaOutcome =
  | { readonly type: 'valid' }
  | { readonly type: 'violations'; readonly violations: readonly SchemaViolation[] }
  | { readonly type: 'invalid_schema'; readonly message: string };

/**
 * `pattern` runs in linear time; only one that needs look-around or back-references falls back to the engine of JavaScript.
 * Ajv tells expressions apart by their text.
 */
const linearRegExp = Object.assign(
  (pattern: string, flags: string): { test: (text: string) => boolean; toString: () => string } => {
    try {
      const compiled = RE2JS.compile(pattern);
      return { test: (text) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
    } catch {
      return new RegExp(pattern, flags);
    }
  },
  { code: 'new RegExp' },
);

const OPTIONS: Options = {
  allErrors: true,
  strict: false,
  // Compiled schemas are kept by us, bounded; Ajv would keep each one forever.
  addUsedSchema: false,
  logger: false,
  code: { regExp: linearRegExp },
};

type Compiled = { readonly validate: ValidateFunction } | { readonly problem: string };

const draft7 = withFormats(new Ajv(OPTIONS));
const draft2020 = withFormats(new Ajv2020(OPTIONS));
const compiled = new BoundedCache<Compiled>(500);

function withFormats<T extends Ajv | Ajv2020>(ajv: T): T {
  // The package is CommonJS: its function hides behind `default` for ES modules.
  formats.default(ajv);
  return ajv;
}

/** Checks a value against a JSON Schema: draft 7 when the schema says so, else 2020-12. */
export function validateSchema(schema: JsonSchema, value: Json): SchemaOutcome {
  const check = compiled.getOrMake(canonicalJson(schema), () => compile(schema));
  if ('problem' in check) return { type: 'invalid_schema', message: check.problem };
  if (check.validate(withDoubles(value))) return { type: 'valid' };
  return { type: 'violations', violations: (check.validate.errors ?? []).map(toViolation) };
}

/** Why a schema cannot be used, or null. */
export function schemaProblem(schema: JsonSchema): string | null {
  const check = compiled.getOrMake(canonicalJson(schema), () => compile(schema));
  return 'problem' in check ? check.problem : null;
}

function compile(schema: JsonSchema): Compiled {
  const dialect = schema['$schema'];
  const ajv = typeof dialect === 'string' && /draft-0[67]/.test(dialect) ? draft7 : draft2020;
  try {
    return { validate: ajv.compile(schema) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  } finally {
    ajv.removeSchema(schema);
  }
}

function toViolation({ instancePath, message, keyword, params }: ErrorObject): SchemaViolation {
  return { path: instancePath, message: `${message ?? `fails '${keyword}'`}${detail(keyword, params)}` };
}

/** What Ajv's message leaves out. Never the value: it may be a secret. */
function detail(keyword: string, params: Record<string, unknown>): string {
  if (keyword === 'enum') return `: ${JSON.stringify(params['allowedValues'])}`;
  if (keyword === 'const') return `: ${JSON.stringify(params['allowedValue'])}`;
  if (keyword === 'additionalProperties') return `: '${String(params['additionalProperty'])}'`;
  return '';
}
