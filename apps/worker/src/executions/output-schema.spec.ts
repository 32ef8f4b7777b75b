import { type Json, type JsonObject, REDACTED_SECRET } from '@attune/engine';
import { outputProblems } from './output-schema.js';
import { redactResult } from './redact-result.js';

const flat: Json = { user: { type: 'string', required: true }, token: { type: 'string', secret: true } };

describe('redactResult', () => {
  it.each<[string, Json, Json, Json, string[]]>([
    ['an object', flat, { user: 'a', token: 'x' }, { user: 'a', token: REDACTED_SECRET }, ['/data/token']],
    ['each item of a list', flat, [{ token: 'x' }, 1], [{ token: REDACTED_SECRET }, 1], ['/data/0/token']],
    [
      'an object by JSON Schema',
      { type: 'object', properties: flat },
      { token: 'x' },
      { token: REDACTED_SECRET },
      ['/data/token'],
    ],
    ['a list by JSON Schema', { type: 'array', items: { secret: true } }, ['x'], [REDACTED_SECRET], ['/data/0']],
    ['a text', { type: 'string', secret: true }, 'x', REDACTED_SECRET, ['/data']],
    ['nothing', flat, { user: 'a' }, { user: 'a' }, []],
    ['nothing without a schema', null, { token: 'x' }, { token: 'x' }, []],
  ])('hides what is secret in %s', (_name, schema, data, shown, pointers) => {
    const { redacted, secrets } = redactResult({ exit_code: 0, data }, schema);
    expect(redacted).toEqual({ exit_code: 0, data: shown });
    expect(secrets.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('hides it in the copy for queues too', () => {
    const ack = { queue_ack: { token: 'x', id: 1 } };
    const schema = { queue_ack: { properties: { token: { secret: true } } } };
    const hidden = { queue_ack: { token: REDACTED_SECRET, id: 1 } };
    expect(redactResult({ data: ack, ...ack }, schema).redacted).toEqual({ data: hidden, ...hidden });
    const all: JsonObject = { type: 'object', secret: true };
    expect(redactResult({ data: ack, ...ack }, all).redacted).toEqual({ data: REDACTED_SECRET });
  });
});

describe('outputProblems', () => {
  it.each<[Json, Json, string[]]>([
    [{ user: 'a' }, flat, []],
    [{ token: 5 }, flat, ["must have required property 'user' at /data", 'must be string at /data/token']],
    [[{ user: 'a' }, {}], flat, ["must have required property 'user' at /data/1"]],
    ['text', flat, ['must be object at /data']],
    [[1, 'a'], { type: 'array', items: { type: 'integer' } }, ['must be integer at /data/1']],
    [{ any: 1 }, null, []],
    [{ any: 1 }, {}, []],
  ])('of %j by %j', (data, schema, problems) => {
    expect(outputProblems(data, schema)).toEqual(problems);
  });

  it('never repeats a value', () => {
    expect(outputProblems({ token: { very: 'hunter2' } }, flat).join()).not.toContain('hunter2');
    expect(outputProblems({ a: 1 }, { a: { type: 'strnig' } })[0]).toMatch(/^the output schema cannot be used/);
  });
});
