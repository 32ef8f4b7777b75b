import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { contractModels } from './define.js';
import { type AnyOperation } from './operation.js';
import { operations } from './operations.js';

/*
 * The fixtures are the written contract: what every client was promised. This spec reads our schemas back into the
 * words of the fixtures and lists every difference. A difference we want is named in `deviations`, with its reason.
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
const models = fixture('models.json') as Record<string, FixtureModel>;
const endpoints = fixture('endpoints.json') as FixtureOperation[];

/** Where we differ on purpose: `<what>: <ours> instead of <theirs>` → why. */
const deviations: Record<string, string> = {
  'DatabaseKind: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.database_kind: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.postgresql_version: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.timescaledb_version: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.messaging: ours alone': 'operators see how messages travel',
  'HealthResponse.workers_alive: ours alone': 'operators see whether anybody takes work',
  'createEvents: no such operation': 'a sensor that sees many things at once needs one request',
  'CreateEventsRequest: ours alone': 'of createEvents',
  'CreatedEvents: ours alone': 'of createEvents',
  'receiveWebhook query raw: ours alone': 'senders that cannot wrap their body in {"payload": …}',
  'listEvents query per_page cap: 1000 instead of none': 'one request must not read a whole hypertable',
  'listEnforcements query per_page cap: 1000 instead of none': 'one request must not read a whole hypertable',
};

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
    return { ...inner, ...extra, default: meta?.['default'] ?? inner.default };
  }
  if (schema instanceof z.ZodArray) {
    const item = describeSchema(schema.element as z.ZodType);
    return { ...plain, type: `array<${item.type}>`, values: item.values };
  }
  if (schema instanceof z.ZodRecord)
    return { ...plain, type: `map<string,${describeSchema(schema.valueType as unknown as z.ZodType).type}>` };
  if (schema instanceof z.ZodEnum) return { ...plain, type: named?.id ?? 'string', values: schema.options as string[] };
  if (schema instanceof z.ZodLiteral) return { ...plain, type: 'string', values: [...schema.values] as string[] };
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
    const format = z.globalRegistry.get(schema)?.['format'] as string | undefined;
    return {
      type: format ?? 'uint32',
      limits: minimum !== null && !INTEGER_BOUNDS.has(minimum) ? { minimum } : {},
    };
  }
  if (schema instanceof z.ZodBoolean) return { type: 'boolean', limits: {} };
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
  if (field.enum && field.type === 'array<string>') return differences;
  check(' type', ours.type, field.type);
  return differences;
}

function compareModel(id: string, schema: z.ZodType, kind: string): string[] {
  const theirs = models[id];
  if (!theirs) return [`${id}: ours alone`];
  if (theirs.kind !== kind) return [`${id}: ${kind} instead of ${theirs.kind}`];
  if (schema instanceof z.ZodEnum) return compareValues(id, schema.options as string[], theirs.enum ?? []);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const [set] = schema.options as [z.ZodObject];
    const { type } = describeSchema(set.shape['value'] as z.ZodType);
    return type === theirs.fields?.['value']?.type
      ? []
      : [`${id}.value: ${type} instead of ${theirs.fields?.['value']?.type ?? '-'}`];
  }
  const shape = (schema as z.ZodObject).shape as Record<string, z.ZodType>;
  const fields = theirs.fields ?? {};
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

function compareOperation(operation: AnyOperation): string[] {
  const id = operation.operationId;
  const theirs = endpoints.find(({ method, path }) => method === operation.method && path === operation.path);
  if (!theirs) return [`${id}: no such operation`];
  const { success } = operation;
  const bodyModel = operation.body ? (contractModels.get(operation.body)?.id ?? 'unnamed') : null;
  const model = success.shape === 'none' ? null : describeSchema(success.model).type.replace(/^array<(.*)>$/, '$1[]');
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

describe('the contract', () => {
  it('has exactly the models that were promised', () => {
    const differences = [...contractModels].flatMap(([schema, { id, kind }]) => compareModel(id, schema, kind));
    expect(differences.filter((difference) => !deviations[difference])).toEqual([]);
  });

  it('has exactly the operations that were promised', () => {
    const differences = Object.values<AnyOperation>(operations).flatMap(compareOperation);
    expect(differences.filter((difference) => !deviations[difference])).toEqual([]);
  });

  it('asks every caller with a token for a permission, except for who they are and how long a queue is', () => {
    const open = Object.values<AnyOperation>(operations).filter(
      ({ auth, permission }) => Array.isArray(auth) && permission === null,
    );
    expect(open.map(({ operationId }) => operationId)).toEqual(['getCurrentUser', 'getQueueStats']);
  });

  it('names every operation after its key', () => {
    for (const [name, { operationId }] of Object.entries(operations)) expect(operationId).toBe(name);
  });

  it('reads absent and null alike in requests, and cuts large pages', () => {
    const query = operations.listRules.query.parse({ page: 0, page_size: 500 });
    expect(query).toEqual({ page: 1, page_size: 100 });
    // An empty page that is followed by another would have a reader turn pages for ever.
    expect(operations.listExecutions.query.parse({ per_page: 0 }).per_page).toBe(1);
    const rule = operations.updateRule.body.parse({ label: null, permission_set_refs: null, unknown: 1 });
    expect(rule).toEqual({ permission_set_refs: null });
  });
});
