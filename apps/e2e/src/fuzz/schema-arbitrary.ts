import fc from 'fast-check';
import { z } from 'zod';

/** What is used of JSON Schema: what `z.toJSONSchema` makes of our models. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** Values by the name of their key: things that exist, so that requests get past the first lookup. */
export type KnownValues = (key: string) => readonly unknown[];

/**
 * Bodies and parameters that a schema allows, and, one time in a few, that it does not.
 * Values of keys that `known` knows are mostly taken from there.
 */
export function arbitraryFor(schema: z.ZodType, known: KnownValues): fc.Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return often(valueOf(json, '', known), hostileValues);
}

const often = (usual: fc.Arbitrary<unknown>, unusual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 24, arbitrary: usual }, { weight: 1, arbitrary: unusual });

function valueOf(schema: Schema, key: string, known: KnownValues): fc.Arbitrary<unknown> {
  const values = known(key);
  const plain = plainValueOf(schema, key, known);
  if (values.length === 0) return often(plain, hostileValues);
  return fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...values) }, { weight: 2, arbitrary: plain });
}

function plainValueOf(schema: Schema, key: string, known: KnownValues): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return fc.oneof(...options.map((option) => plainValueOf(option, key, known)));
  switch (schema.type) {
    case 'object':
      return objectOf(schema, known);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, key, known), { maxLength: 4 });
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(...edges(schema)));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.oneof(fc.jsonValue({ maxDepth: 3 }), flatSchema, templates);
  }
}

function objectOf(schema: Schema, known: KnownValues): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      // Mostly what may be left out is: a request with everything in it hardly ever succeeds.
      required.includes(name)
        ? valueOf(field, name, known)
        : fc.option(valueOf(field, name, known), { nil: undefined, freq: 1 }),
    ]),
  );
  const named = fc.record(fields).map(withoutUndefined);
  if (typeof additionalProperties !== 'object') return named;
  const extra = fc.dictionary(fc.string({ maxLength: 8 }), valueOf(additionalProperties, '', known), { maxKeys: 3 });
  return fc.tuple(extra, named).map(([more, fixed]) => ({ ...more, ...fixed }));
}

const withoutUndefined = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));

function textOf({ format, maxLength = 40 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'uuid') return fc.uuid();
  const length = { maxLength: Math.min(maxLength, 40) };
  return fc.oneof(words, fc.string(length), fc.string({ unit: 'binary', ...length }), fc.constantFrom(...hostileTexts));
}

const edges = ({ minimum = -1, maximum = Number.MAX_SAFE_INTEGER }: Schema): number[] => [
  minimum,
  maximum,
  0,
  1,
  -1,
  2_147_483_648,
  0.5,
  1e308,
];

const words = fc.constantFrom('fuzz', 'fuzz.thing', 'a', 'core.noop', '1.0.0', 'demo', 'x'.repeat(300));

/** Texts that have broken somebody's software before. */
const hostileTexts: readonly string[] = [
  '',
  ' ',
  '\0',
  '\uD800',
  "'; drop table execution; --",
  '../../etc/passwd',
  '%00',
  '%',
  '_',
  '*'.repeat(60),
  '{{ event.payload }}',
  '{{ ',
  '(a+)+$',
  '__proto__',
  '1e999',
  '\u202E',
  'file:///etc/passwd',
  'http://169.254.169.254/',
  '99999999999999999999',
];

const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.constantFrom(null, true, [], {}, -1, 1e308, [[[[]]]], { __proto__: null, constructor: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Parameter schemas, good and bad. */
const flatSchema = fc.dictionary(
  fc.constantFrom('name', 'count', 'secret', '$ref', 'type', 'properties'),
  fc.record(
    {
      type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'array', 'object', 'nothing'),
      required: fc.boolean(),
      secret: fc.boolean(),
      default: fc.jsonValue({ maxDepth: 1 }),
      pattern: fc.constantFrom('^a', '(a+)+$', '['),
    },
    { requiredKeys: [] },
  ),
  { maxKeys: 3 },
);

const templates = fc.constantFrom(
  '{{ event.payload.name }}',
  { name: '{{ parameters.x | upper }}' },
  '{{ 1 / 0 }}',
  '{{ a.b.c.d',
  { and: [{ path: 'event.payload', operator: 'equals', value: 1 }] },
);
