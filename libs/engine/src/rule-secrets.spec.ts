import fc from 'fast-check';
import { type Json, type JsonObject } from './json.js';
import { REDACTED_SECRET, redactForeignSecrets } from './parameters/secrets.js';
import { renderRuleParameters } from './rule-parameters.js';
import { secretParameterPointers } from './rule-secrets.js';

const SECRET = 'very-secret-value';
const configSchema: Json = {
  url: { type: 'string' },
  password: { type: 'string', secret: true },
  'api-key': { type: 'string', secret: true },
  db: { type: 'object', properties: { user: { type: 'string' }, password: { type: 'string', secret: true } } },
  accounts: { type: 'array', items: { properties: { token: { secret: true } } } },
};
const config: JsonObject = {
  url: 'https://demo',
  password: SECRET,
  'api-key': SECRET,
  db: { user: 'ada', password: SECRET },
  accounts: [{ name: 'first', token: SECRET }],
};
const pointers = (template: Json): readonly string[] => secretParameterPointers(template, configSchema, config);

describe('secretParameterPointers', () => {
  it.each<[string, Json, string[]]>([
    ['no template', { a: 'password', b: 1, c: null }, []],
    ['what is no secret', { a: '{{ pack.config.url }}', b: '{{ event.payload.password }}' }, []],
    ['a plain path', { a: '{{ pack.config.password }}' }, ['/a']],
    ['a key with a hyphen', { a: '{{ pack.config.api-key }}' }, ['/a']],
    ['what looks like a subtraction', { a: '{{ pack.config.password-1 }}' }, ['/a']],
    ['text around it', { a: 'Bearer {{ pack.config.password }}' }, ['/a']],
    ['depth', { a: [{ 'b/c': '{{ pack.config.password }}' }] }, ['/a/0/b~1c']],
    ['the secret part of an object', { a: '{{ pack.config.db }}' }, ['/a/password']],
    [
      'the secret parts of everything',
      '{{ pack.config }}',
      ['/password', '/api-key', '/db/password', '/accounts/0/token'],
    ],
    ['the rest of an object', { a: '{{ pack.config.db.user }}' }, []],
    ['an element of a list', { a: '{{ pack.config.accounts.0.token }}' }, ['/a']],
    ['an element by another spelling', { a: '{{ pack.config.accounts.00.token }}' }, ['/a']],
    ['the harmless part of an element', { a: '{{ pack.config.accounts.0.name }}' }, []],
    ['a function', { a: '{{ upper(pack.config.password) }}' }, ['/a']],
    ['brackets', { a: "{{ pack['config']['password'] }}" }, ['/a']],
    ['a key nobody knows before', { a: '{{ pack.config[event.payload.key] }}' }, ['/a']],
    ['a position from the end', { a: '{{ pack.config.accounts[-1].name }}' }, ['/a']],
    ['an object inside an expression', { a: '{{ [pack.config.db] }}' }, ['/a']],
    ['a condition on it', { a: "{{ pack.config.password == 'x' }}" }, ['/a']],
    ['what cannot be read', { a: '{{ pack.config.password + }}', b: '{{ never closed' }, []],
  ])('sees %s', (_name, template, expected) => {
    expect(pointers(template)).toEqual(expected);
  });

  it('sees what is secret whatever the schema says', () => {
    const template = { a: '{{ pack.config.url }}', b: '{{ pack.config.password }}' };
    expect(secretParameterPointers(template, {}, config, ['/url'])).toEqual(['/a']);
    expect(secretParameterPointers(template, configSchema, config, ['/url', '/password'])).toEqual(['/a', '/b']);
  });

  it('finds every place where the secret can come out', () => {
    const source = fc.constantFrom(
      ...['password', 'api-key', 'db', 'db.password', 'accounts', 'accounts.0', 'accounts.0.token', 'url'].map(
        (path) => `pack.config.${path}`,
      ),
      'pack',
      'pack.config',
      "pack.config['password']",
      '[pack.config.db, 1]',
      'string(pack.config)',
      "upper('x')",
    );
    const text = fc.oneof(
      source.map((one) => `{{ ${one} }}`),
      source.map((one) => `key: {{${one}}}!`),
      fc.string(),
    );
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), tree, { maxKeys: 4 }), (template) => {
        const { parameters } = renderRuleParameters(template, {
          event: { id: 1, trigger_ref: 'demo.hook', payload: {}, created: '2026-01-01T00:00:00Z' },
          packConfig: config,
          rule: { id: 1, ref: 'demo.rule' },
          timestamp: '2026-01-01T00:00:00Z',
        });
        const { redacted } = redactForeignSecrets({}, parameters as JsonObject, pointers(template));
        expect(JSON.stringify(redacted)).not.toContain(SECRET);
      }),
    );
  });

  it('knows no secrets of a pack without a schema', () => {
    expect(secretParameterPointers({ a: '{{ pack.config.password }}' }, {}, config)).toEqual([]);
    expect(REDACTED_SECRET).toEqual({ $attune_secret: true, redacted: true });
  });
});
