import fc from 'fast-check';
import { type Json, type JsonObject } from '../json.js';
import { toJsonSchema } from './json-schema.js';
import { schemaProblem, validateSchema } from './schema-validator.js';
import { REDACTED_SECRET, redactSecrets, restoreSecrets } from './secrets.js';
import { prepareParameters, validateParameters, validateParameterTemplates } from './validation.js';

const schema: Json = {
  url: { type: 'string', required: true, position: 1, description: 'Where to' },
  count: { type: 'integer', minimum: 1, default: 3 },
  ratio: { type: 'number' },
  loud: { type: 'boolean', default: false },
  mode: { type: 'string', enum: ['a', 'b'] },
  token: { type: 'string', secret: true },
  tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
  options: {
    type: 'object',
    properties: { key: { type: 'string', secret: true, required: true }, depth: { type: 'integer', default: 1 } },
  },
  junk: 'not a definition',
};

describe('toJsonSchema', () => {
  it('lifts required names and takes our keys off, at every depth', () => {
    expect(toJsonSchema(schema)).toEqual({
      type: 'object',
      required: ['url'],
      properties: {
        url: { type: 'string', description: 'Where to' },
        count: { type: 'integer', minimum: 1, default: 3 },
        ratio: { type: 'number' },
        loud: { type: 'boolean', default: false },
        mode: { type: 'string', enum: ['a', 'b'] },
        token: { type: 'string' },
        tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
        options: {
          type: 'object',
          properties: { key: { type: 'string' }, depth: { type: 'integer', default: 1 } },
          required: ['key'],
        },
      },
    });
  });

  it('uses JSON Schema as it is, and nothing for nothing', () => {
    const plain = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    expect(toJsonSchema(plain)).toEqual(plain);
    expect(toJsonSchema(null)).toBeNull();
    expect(toJsonSchema({})).toBeNull();
    expect(toJsonSchema('text')).toBeNull();
  });

  it('tells a parameter named type from a JSON Schema', () => {
    expect(toJsonSchema({ type: { type: 'string' }, properties: { type: 'object' } })).toMatchObject({
      properties: { type: { type: 'string' }, properties: { type: 'object' } },
    });
  });
});

describe('prepareParameters', () => {
  const prepare = (parameters: JsonObject): JsonObject => prepareParameters(schema, parameters);

  it('fills defaults for missing and null values and keeps what is undeclared', () => {
    expect(prepare({ url: 'u', count: null, extra: null })).toEqual({ url: 'u', count: 3, loud: false, extra: null });
    expect(prepare({ mode: null })).toEqual({ count: 3, loud: false });
    expect(prepare({ options: { key: 'k' } })['options']).toEqual({ key: 'k', depth: 1 });
  });

  it.each<[string, Json, Json]>([
    ['count', '12', 12],
    ['count', '-4', -4],
    ['count', '1.5', '1.5'],
    ['count', '12345678901234567890', 12345678901234567890n],
    ['ratio', '-9007199254740993', -9007199254740993n],
    ['count', '9007199254740991', 9007199254740991],
    ['count', 'abc', 'abc'],
    ['count', true, true],
    ['count', 2.5, 2.5],
    ['ratio', '1.50', 1.5],
    ['ratio', '2e3', 2000],
    ['ratio', 'NaN', 'NaN'],
    ['ratio', '1e999', '1e999'],
    ['loud', 'true', true],
    ['loud', 'false', false],
    ['loud', 'yes', 'yes'],
    ['loud', 1, 1],
    ['url', 5, '5'],
    ['url', true, 'true'],
    ['url', { a: [1] }, '{"a":[1]}'],
    ['tags', [1, 'b', false], ['1', 'b', 'false']],
    ['tags', 'one', 'one'],
    ['options', { key: 7, depth: '2' }, { key: '7', depth: 2 }],
    ['undeclared', '12', '12'],
  ])('%s: %j becomes %j', (name, given, expected) => {
    expect(prepare({ [name]: given })[name]).toEqual(expected);
  });

  it('tries declared types in their order and leaves a value that fits one of them', () => {
    const either = { v: { type: ['integer', 'string'] } };
    expect(prepareParameters(either, { v: '5' })).toEqual({ v: '5' });
    expect(prepareParameters(either, { v: true })).toEqual({ v: 'true' });
  });

  it('lets no key become a prototype', () => {
    const given = JSON.parse('{"__proto__": {"polluted": 1}}') as JsonObject;
    expect(JSON.stringify(prepareParameters(schema, given))).toContain('"__proto__":{"polluted":1}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('validateParameters', () => {
  const check = (parameters: JsonObject) => validateParameters('action', 'demo.act', schema, parameters);

  it('accepts what converts and what is undeclared', () => {
    expect(check({ url: 'u', count: '4', extra: 1 })).toEqual({ type: 'valid' });
    expect(check({ url: 'u', count: '9007199254740993', ratio: 9007199254740993n })).toEqual({ type: 'valid' });
    expect(check({ url: 'u', count: '-9007199254740993' }).type).toBe('invalid');
  });

  it('lists every violation with its place', () => {
    const outcome = check({ count: 0, mode: 'c', options: {}, tags: [] });
    expect(outcome).toMatchObject({
      type: 'invalid',
      message:
        "Invalid parameters for action 'demo.act': must have required property 'url', must be >= 1 at /count, " +
        'must be equal to one of the allowed values: ["a","b"] at /mode, must NOT have fewer than 1 items at /tags, ' +
        "must have required property 'key' at /options",
    });
  });

  it('never repeats a value, which may be a secret', () => {
    const outcome = validateParameters('action', 'a.b', { pin: { type: 'integer', secret: true } }, { pin: 'hunter2' });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  it('names triggers and queues', () => {
    const message = (owner: 'trigger' | 'queue') => {
      const outcome = validateParameters(owner, 'x.y', { a: { type: 'string', required: true } }, {});
      return outcome.type === 'invalid' ? outcome.message : '';
    };
    expect(message('trigger')).toMatch(/^Invalid parameters for trigger 'x.y': /);
    expect(message('queue')).toMatch(/^Invalid queue item payload for queue 'x.y': /);
  });

  it('checks nothing without a schema and blames an unusable one', () => {
    expect(validateParameters('action', 'a.b', null, { x: 1 })).toEqual({ type: 'valid' });
    expect(validateParameters('action', 'a.b', { x: { type: 'strnig' } }, { x: 1 })).toMatchObject({
      type: 'invalid_schema',
      message: expect.stringContaining("action 'a.b'") as string,
    });
  });

  it('counts a value for a null default as missing', () => {
    expect(validateParameters('action', 'a.b', { x: { type: 'string', required: true } }, { x: null }).type).toBe(
      'invalid',
    );
  });
});

describe('validateParameterTemplates', () => {
  const check = (parameters: JsonObject) => validateParameterTemplates('action', 'demo.act', schema, parameters);

  it('accepts a template wherever a value belongs', () => {
    const t = '{{ event.payload.x }}';
    expect(check({ url: t, count: t, ratio: t, loud: t, mode: t, token: t, tags: t, options: t })).toEqual({
      type: 'valid',
    });
    expect(check({ url: t, tags: [t], options: { key: t, depth: t } })).toEqual({ type: 'valid' });
    expect(
      validateParameterTemplates('action', 'a.b', { p: { type: 'string', pattern: '^x{9}$' } }, { p: t }).type,
    ).toBe('valid');
  });

  it('still finds what is wrong beside the templates', () => {
    expect(check({ count: '{{ event.id }}', mode: 'c' })).toMatchObject({
      message: expect.stringMatching(/required property 'url', .* at \/mode$/) as string,
    });
    expect(check({ url: '{{ not closed', count: 'many' }).type).toBe('invalid');
  });
});

describe('validateSchema', () => {
  it('reads the draft the schema names', () => {
    const tuple = { items: [{ type: 'string' }] };
    const draft7 = { ...tuple, $schema: 'http://json-schema.org/draft-07/schema#' };
    expect(validateSchema(draft7, [1]).type).toBe('violations');
    expect(validateSchema({ prefixItems: [{ type: 'string' }] }, [1]).type).toBe('violations');
    expect(schemaProblem(tuple)).toContain('items');
    expect(schemaProblem(draft7)).toBeNull();
  });

  it('compiles schemas that share an $id', () => {
    for (const type of ['string', 'integer']) {
      expect(validateSchema({ $id: 'https://attune.test/same', type }, 'x').type).toBe(
        type === 'string' ? 'valid' : 'violations',
      );
    }
  });

  it('matches patterns in linear time, look-around included where nothing else will do', () => {
    const evil = { type: 'string', pattern: '^(a+)+$' };
    expect(validateSchema(evil, `${'a'.repeat(50_000)}!`).type).toBe('violations');
    const two = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } };
    expect(validateSchema(two, { a: 'a', b: 'b' }).type).toBe('valid');
    expect(validateSchema({ pattern: '^(?=.*\\d).+$' }, 'a1').type).toBe('valid');
    expect(schemaProblem({ pattern: '(' })).not.toBeNull();
  });

  it('knows formats', () => {
    expect(validateSchema({ format: 'email' }, 'nobody').type).toBe('violations');
    expect(validateSchema({ format: 'date-time' }, '2026-01-01T00:00:00Z').type).toBe('valid');
  });
});

describe('secrets', () => {
  const values: JsonObject = { url: 'u', token: 's1', options: { key: 's2', depth: 1 }, tags: ['x'] };

  it('takes secrets out at any depth and puts them back', () => {
    const { redacted, secrets } = redactSecrets(schema, values);
    expect(redacted).toEqual({
      url: 'u',
      token: REDACTED_SECRET,
      options: { key: REDACTED_SECRET, depth: 1 },
      tags: ['x'],
    });
    expect(secrets).toEqual([
      { pointer: '/token', value: 's1' },
      { pointer: '/options/key', value: 's2' },
    ]);
    expect(restoreSecrets(redacted, secrets)).toEqual(values);
    expect(redactSecrets(schema, redacted)).toEqual({ redacted, secrets: [] });
  });

  it.each<[string, Json, JsonObject, string[]]>([
    [
      'items',
      { list: { type: 'array', items: { type: 'object', properties: { p: { secret: true } } } } },
      { list: [{ p: 1 }, { q: 2 }, { p: 3 }] },
      ['/list/0/p', '/list/2/p'],
    ],
    ['whole arrays', { list: { type: 'array', secret: true } }, { list: [1] }, ['/list']],
    ['plain JSON Schema', { type: 'object', properties: { 'a/b~c': { secret: true } } }, { 'a/b~c': 1 }, ['/a~1b~0c']],
    [
      'combined schemas',
      { v: { anyOf: [{ type: 'string' }, { properties: { s: { secret: true } } }] } },
      { v: { s: 1 } },
      ['/v/s'],
    ],
    ['maps', { v: { type: 'object', additionalProperties: { secret: true } } }, { v: { any: 1 } }, ['/v/any']],
    ['positions', { v: { prefixItems: [{}, { secret: true }] } }, { v: [1, 2] }, ['/v/1']],
    ['null', { v: { secret: true } }, { v: null }, []],
  ])('finds them in %s', (_name, of, given, pointers) => {
    const { redacted, secrets } = redactSecrets(of, given);
    expect(secrets.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(restoreSecrets(redacted, secrets)).toEqual(given);
  });

  it('leaves no trace of a secret in what it gives back', () => {
    const anyValue = fc.jsonValue() as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyValue), (rest) => {
        const given = { ...rest, token: 'very-secret-value' };
        const { redacted, secrets } = redactSecrets({ token: { secret: true } }, given);
        expect(JSON.stringify(redacted)).not.toContain('very-secret-value');
        expect(restoreSecrets(redacted, secrets)).toEqual(given);
      }),
    );
  });
});
