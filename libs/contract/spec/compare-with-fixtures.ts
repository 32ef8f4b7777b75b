import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { contractModels } from '../src/define.js';
import { type AnyOperation } from '../src/operation.js';

/*
 * The fixtures are the written contract: what every client was promised. This reads our schemas back into the words of
 * the fixtures and lists every difference.
 */

interface FixtureField {
  type: string;
  required: boolean;
  nullable: boolean;
  enum?: string[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  default?: unknown;
  alias?: string;
}
interface FixtureModel {
  kind: string;
  discriminator?: string;
  fields?: Record<string, FixtureField>;
  enum?: string[];
}
interface FixtureParameter extends Omit<FixtureField, 'nullable'> {
  name: string;
  clamp?: [number | null, number | null] | null;
}
interface FixtureOperation {
  method: string;
  path: string;
  auth: string;
  permission: string | null;
  pathParams: FixtureParameter[];
  query: FixtureParameter[];
  body: string | null;
  success: { status: number; shape: string; model: string | null };
  errors: number[];
}

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));
export const models = fixture('models.json') as Record<string, FixtureModel>;
export const endpoints = fixture('endpoints.json') as FixtureOperation[];

interface Described {
  type: string;
  isNullable: boolean;
  default: unknown;
  limits: Record<string, number>;
  values: string[] | undefined;
  cap: number | undefined;
}

const INTEGER_BOUNDS = new Set([
  -2147483648,
  2147483647,
  0,
  4294967295,
  Number.MIN_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER,
]);

/** Reads a schema back into the words of the fixtures. */
function describeSchema(schema: z.ZodType): Described {
  const plain = { isNullable: false, default: undefined, limits: {}, values: undefined, cap: undefined };
  const meta = z.globalRegistry.get(schema);
  const extra = { ...(meta?.['x-cap'] !== undefined && { cap: meta['x-cap'] as number }) };
  const named = contractModels.get(schema);
  if (named && !(schema instanceof z.ZodEnum)) return { ...plain, type: named.id };
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault)
    return {
      ...describeSchema(schema.unwrap() as z.ZodType),
      ...(schema instanceof z.ZodPrefault && { default: schema.def.defaultValue }),
    };
  if (schema instanceof z.ZodDefault)
    return { ...describeSchema(schema.unwrap() as z.ZodType), default: schema.def.defaultValue };
  if (schema instanceof z.ZodNullable) return { ...describeSchema(schema.unwrap() as z.ZodType), isNullable: true };
  if (schema instanceof z.ZodPipe) {
    const { in: first, out } = schema.def as unknown as { in: z.ZodType; out: z.ZodType };
    const inner = describeSchema(first instanceof z.ZodTransform ? out : first);
    return { ...inner, ...extra, default: meta && 'default' in meta ? meta['default'] : inner.default };
  }
  if (schema instanceof z.ZodArray) {
    const item = describeSchema(schema.element as z.ZodType);
    return { ...plain, type: `array<${item.type}>`, values: item.values };
  }
  if (schema instanceof z.ZodRecord)
    return { ...plain, type: `map<string,${describeSchema(schema.valueType as unknown as z.ZodType).type}>` };
  if (schema instanceof z.ZodEnum) return { ...plain, type: named?.id ?? 'string', values: schema.options as string[] };
  if (schema instanceof z.ZodLiteral)
    return { ...plain, type: typeof schema.value, values: [...schema.values] as string[] };
  return { ...plain, ...describeScalar(schema) };
}

function describeScalar(schema: z.ZodType): Pick<Described, 'type' | 'limits'> {
  if (schema instanceof z.ZodString) {
    const { minLength, maxLength } = schema;
    return {
      type: 'string',
      limits: { ...(minLength !== null && { minLength }), ...(maxLength !== null && { maxLength }) },
    };
  }
  if (schema instanceof z.ZodNumber) {
    const minimum = schema.minValue;
    const format = (z.globalRegistry.get(schema)?.['format'] as string | undefined) ?? 'uint32';
    if (format === 'double') return { type: 'float64', limits: {} };
    return {
      type: format,
      limits: minimum !== null && !INTEGER_BOUNDS.has(minimum) ? { minimum } : {},
    };
  }
  if (schema instanceof z.ZodBoolean) return { type: 'boolean', limits: {} };
  if (schema instanceof z.ZodGUID) return { type: 'uuid', limits: {} };
  if (schema instanceof z.ZodISODateTime) return { type: 'datetime', limits: {} };
  if (schema instanceof z.ZodCustom) return { type: 'json', limits: {} };
  throw new Error(`No word for ${schema.def.type}`);
}

function compareField(where: string, schema: z.ZodType, field: FixtureField, kind: string): string[] {
  const ours = describeSchema(schema);
  const differences: string[] = [];
  const check = (what: string, mine: unknown, theirs: unknown): void => {
    if (JSON.stringify(mine) !== JSON.stringify(theirs))
      differences.push(`${where}${what}: ${JSON.stringify(mine)} instead of ${JSON.stringify(theirs)}`);
  };
  // A path segment is always there, whatever its schema would accept.
  const isRequired = where.includes(' path ') || schema._zod[kind === 'response' ? 'optout' : 'optin'] === undefined;
  check(' required', isRequired, field.required);
  check(' nullable', ours.isNullable, field.nullable);
  check(' values', ours.values, field.enum);
  const { minLength, maxLength, minimum } = field;
  check(' limits', ours.limits, JSON.parse(JSON.stringify({ minLength, maxLength, minimum })));
  if (kind !== 'response') check(' default', ours.default, field.default);
  const asText = field.type.replace('RbacResource', 'string').replace('RbacAction', 'string');
  if (field.enum && ours.type !== field.type && (field.type === 'string' || asText !== field.type)) return differences;
  if (field.enum && field.type.startsWith('array<')) return differences;
  check(' type', ours.type, field.type);
  return differences;
}

export function compareModel(id: string, schema: z.ZodType, kind: string): string[] {
  const theirs = models[id];
  if (!theirs) return [`${id}: ours alone`];
  if (theirs.kind !== kind) return [`${id}: ${kind} instead of ${theirs.kind}`];
  if (schema instanceof z.ZodEnum) return compareValues(id, schema.options as string[], theirs.enum ?? []);
  if (schema instanceof z.ZodDiscriminatedUnion && theirs.discriminator === 'op') {
    const [set] = schema.options as [z.ZodObject];
    const { type } = describeSchema(set.shape['value'] as z.ZodType);
    return type === theirs.fields?.['value']?.type
      ? []
      : [`${id}.value: ${type} instead of ${theirs.fields?.['value']?.type ?? '-'}`];
  }
  if (schema instanceof z.ZodDiscriminatedUnion) return compareOptions(id, schema, theirs);
  const shape = (schema as z.ZodObject).shape as Record<string, z.ZodType>;
  const fields = Object.fromEntries(Object.entries(theirs.fields ?? {}).filter(([name]) => name !== '*'));
  const aliases = contractModels.get(schema)?.aliases ?? {};
  return [
    ...Object.keys(shape)
      .filter((name) => !fields[name])
      .map((name) => `${id}.${name}: ours alone`),
    ...Object.entries(fields).flatMap(([name, field]) => {
      const mine = shape[name];
      if (!mine) return [`${id}.${name}: missing`];
      const alias = field.alias !== undefined && aliases[field.alias] !== name ? [`${id}.${name} alias: missing`] : [];
      return [...alias, ...compareField(`${id}.${name}`, mine, field, kind)];
    }),
  ];
}

/** A union of several objects: together they have the fields, and the discriminator tells them apart. */
function compareOptions(id: string, schema: z.ZodDiscriminatedUnion, theirs: FixtureModel): string[] {
  const options = (schema.options as z.ZodObject[]).map(({ shape }) => shape as Record<string, z.ZodType>);
  const fields = Object.entries(theirs.fields ?? {});
  const tag = schema.def.discriminator;
  const values = options.map((shape) => (shape[tag] as z.ZodLiteral<string>).value);
  const names = new Set(options.flatMap((shape) => Object.keys(shape)));
  return [
    ...compareValues(`${id}.${tag}`, values, theirs.fields?.[tag]?.enum ?? []),
    ...compareValues(id, [...names].sort(), fields.map(([name]) => name).sort()),
    ...fields.flatMap(([name, field]) =>
      options.flatMap((shape) => {
        const mine = shape[name];
        return mine && name !== tag ? compareField(`${id}.${name}`, mine, field, 'response') : [];
      }),
    ),
  ];
}

function compareValues(id: string, ours: string[], theirs: string[]): string[] {
  return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [`${id}: ${ours.join()} instead of ${theirs.join()}`];
}

function compareParameters(where: string, schema: z.ZodObject | undefined, theirs: FixtureParameter[]): string[] {
  const shape = (schema?.shape ?? {}) as Record<string, z.ZodType>;
  const names = new Set(theirs.map((parameter) => parameter.name));
  return [
    ...Object.keys(shape)
      .filter((name) => !names.has(name))
      .map((name) => `${where} ${name}: ours alone`),
    ...theirs.flatMap(({ name, clamp, ...field }) => {
      const mine = shape[name];
      if (!mine) return [`${where} ${name}: missing`];
      const theirCap = clamp?.[1] ?? 'none';
      const ourCap = describeSchema(mine).cap ?? 'none';
      const cap = theirCap === ourCap ? [] : [`${where} ${name} cap: ${ourCap} instead of ${theirCap}`];
      return [...cap, ...compareField(`${where} ${name}`, mine, { ...field, nullable: false }, 'request')];
    }),
  ];
}

export function compareOperation(operation: AnyOperation): string[] {
  const id = operation.operationId;
  const theirs = endpoints.find(({ method, path }) => method === operation.method && path === operation.path);
  if (!theirs) return [`${id}: no such operation`];
  const { success } = operation;
  const bodyModel = operation.body ? (contractModels.get(operation.body)?.id ?? 'unnamed') : null;
  const model = !('model' in success) ? null : describeSchema(success.model).type.replace(/^array<(.*)>$/, '$1[]');
  const differences: string[] = [];
  const check = (what: string, mine: unknown, their: unknown): void => {
    if (JSON.stringify(mine) !== JSON.stringify(their))
      differences.push(`${id} ${what}: ${JSON.stringify(mine)} instead of ${JSON.stringify(their)}`);
  };
  check('auth', Array.isArray(operation.auth) ? operation.auth.join('|') : operation.auth, theirs.auth);
  check('body', bodyModel, theirs.body);
  check(
    'success',
    { status: success.status, shape: success.shape, model },
    { status: theirs.success.status, shape: theirs.success.shape, model: theirs.success.model },
  );
  // Ours may ask for more than was promised to be asked for, never for less or for something else.
  if (theirs.permission !== null) check('permission', operation.permission, theirs.permission);
  check(
    'errors',
    theirs.errors.filter((status) => !operation.errors.includes(status)),
    [],
  );
  return [
    ...differences,
    ...compareParameters(
      `${id} path`,
      operation.params,
      theirs.pathParams.map((parameter) => ({ ...parameter, required: true })),
    ),
    ...compareParameters(`${id} query`, operation.query, theirs.query),
  ];
}
