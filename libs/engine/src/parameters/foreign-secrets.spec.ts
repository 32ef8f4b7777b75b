import { type Json, type JsonObject } from '../json.js';
import { misplacedSecrets, REDACTED_SECRET, redactForeignSecrets, restoreSecrets } from './secrets.js';

const schema: Json = {
  url: { type: 'string' },
  token: { type: 'string', secret: true },
  tags: { type: 'array', items: { type: 'string' } },
  options: { type: 'object', properties: { key: { type: 'string', secret: true } } },
};

describe('secrets from elsewhere', () => {
  it('takes out what came from a secret source, once', () => {
    const of: Json = { a: {}, b: { secret: true }, c: { properties: { d: { secret: true } } }, e: {} };
    const given: JsonObject = { a: 1, b: { x: 2 }, c: { d: 3, f: 4 }, e: null };
    const { redacted, secrets, foreign } = redactForeignSecrets(of, given, ['/a', '/b/x', '/c', '/e', '/gone/g']);
    expect(redacted).toEqual({ a: REDACTED_SECRET, b: REDACTED_SECRET, c: REDACTED_SECRET, e: null });
    expect(secrets).toEqual([
      { pointer: '/b', value: { x: 2 } },
      { pointer: '/a', value: 1 },
      { pointer: '/c', value: { d: 3, f: 4 } },
    ]);
    expect(foreign).toEqual(['/a', '/c']);
    expect(restoreSecrets(redacted, secrets)).toEqual(given);
  });

  it('names redacted values where the schema expects none', () => {
    const at = (values: JsonObject): readonly string[] => misplacedSecrets(schema, values);
    expect(at({ token: REDACTED_SECRET, options: { key: REDACTED_SECRET } })).toEqual([]);
    expect(at({ url: REDACTED_SECRET, tags: ['x', REDACTED_SECRET], extra: { deep: REDACTED_SECRET } })).toEqual([
      '/url',
      '/tags/1',
      '/extra/deep',
    ]);
    expect(at({ options: REDACTED_SECRET })).toEqual(['/options']);
    expect(misplacedSecrets({ all: { secret: true } }, { all: REDACTED_SECRET })).toEqual([]);
    expect(misplacedSecrets(null, { any: REDACTED_SECRET })).toEqual(['/any']);
    expect(at({})).toEqual([]);
  });
});
