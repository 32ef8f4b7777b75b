import { type EventView } from './event-scope.js';
import { type Json } from './json.js';
import { conditionProblems, evaluateConditions } from './rule-conditions.js';

const payload: Json = {
  severity: 'critical',
  count: 12,
  ok: false,
  none: null,
  tags: ['db', 'prod', 7],
  user: { name: 'Ada', roles: [{ id: 1 }, { id: 2 }] },
  'x-key': 'v',
};
const event: EventView = { id: 42, trigger_ref: 'core.webhook', payload, created: '2026-01-02T03:04:05.000006Z' };
const field = (name: string, operator: string, value: Json = null): Json => [{ field: name, operator, value }];

describe('conditions as a whole', () => {
  it.each<[string, Json, boolean]>([
    ['null', null, true],
    ['an empty object', {}, true],
    ['an empty list', [], true],
    [
      'a list where all hold',
      [...(field('count', 'equals', 12) as Json[]), ...(field('ok', 'equals', false) as Json[])],
      true,
    ],
    [
      'a list where one fails',
      [...(field('count', 'equals', 12) as Json[]), ...(field('ok', 'equals', true) as Json[])],
      false,
    ],
    [
      'any',
      {
        any: [
          { field: 'ok', operator: 'equals', value: true },
          { field: 'count', operator: 'exists' },
        ],
      },
      true,
    ],
    ['any of nothing', { any: [] }, false],
    ['all', { all: [{ field: 'count', operator: 'greater_than', value: 10 }] }, true],
    ['all of nothing', { all: [] }, true],
    ['nested groups', [{ any: [{ all: [{ field: 'ok', operator: 'exists' }] }] }], true],
    ['an expression', { expression: 'event.payload.count > 10 and event.trigger == "core.webhook"' }, true],
    ['an expression in braces', { expression: '{{ event.payload.tags[0] == "db" }}' }, true],
    ['an expression about the event', { expression: 'event.id == 42 and event.trigger_ref == event.trigger' }, true],
    ['an expression about the time', { expression: 'starts_with(event.created, "2026-01-02")' }, true],
    ['a falsy expression', { expression: 'event.payload.none' }, false],
    ['a text that says false is truthy', { expression: '"false"' }, true],
    ['another object', { severity: 'critical' }, false],
    ['any with something beside it', { any: [], all: [] }, false],
    ['a bare condition', { field: 'count', operator: 'exists' }, false],
    ['a text', 'true', false],
    ['true', true, false],
  ])('%s', (_name, conditions, matched) => {
    expect(evaluateConditions(conditions, event).matched).toBe(matched);
  });

  it('looks at an empty payload when the event has none', () => {
    const bare = { ...event, payload: null };
    expect(evaluateConditions(null, bare)).toEqual({ matched: true });
    expect(evaluateConditions([], bare)).toEqual({ matched: true });
    expect(evaluateConditions(field('a', 'exists'), bare)).toEqual({ matched: false });
    expect(evaluateConditions(field('a', 'not_exists'), bare)).toEqual({ matched: true });
    expect(evaluateConditions({ expression: 'length(event.payload) == 0' }, bare)).toEqual({ matched: true });
  });

  it('matches payloads that are no objects', () => {
    expect(evaluateConditions(field('0.a', 'equals', 1), { ...event, payload: [{ a: 1 }] }).matched).toBe(true);
    expect(evaluateConditions(field('event.payload', 'equals', 'x'), { ...event, payload: 'x' }).matched).toBe(true);
  });
});

describe('condition operators', () => {
  it.each<[string, string, Json, boolean]>([
    ['severity', 'equals', 'critical', true],
    ['user', 'equals', { roles: [{ id: 1 }, { id: 2 }], name: 'Ada' }, true],
    ['count', 'equals', '12', false],
    ['none', 'equals', null, true],
    ['missing', 'equals', null, false],
    ['severity', 'not_equals', 'info', true],
    ['missing', 'not_equals', 'info', false],
    ['severity', 'contains', 'crit', true],
    ['tags', 'contains', 'db', true],
    ['tags', 'contains', 7, true],
    ['tags', 'contains', 'd', false],
    ['count', 'contains', 1, false],
    ['severity', 'not_contains', 'info', true],
    ['tags', 'not_contains', 'db', false],
    ['tags', 'not_contains', 'dev', true],
    ['count', 'not_contains', 1, false],
    ['missing', 'not_contains', 'x', false],
    ['count', 'greater_than', 11, true],
    ['count', 'greater_than', 12, false],
    ['count', 'greater_than', '11', false],
    ['severity', 'greater_than', 'a', true],
    ['count', 'less_than', 12.5, true],
    ['count', 'greater_or_equal', 12, true],
    ['count', 'less_or_equal', 11, false],
    ['ok', 'less_than', 1, false],
    ['severity', 'in', ['info', 'critical'], true],
    ['severity', 'in', 'critical', false],
    ['severity', 'not_in', ['info'], true],
    ['severity', 'not_in', 'info', false],
    ['missing', 'not_in', ['info'], false],
    ['severity', 'starts_with', 'cri', true],
    ['count', 'starts_with', '1', false],
    ['severity', 'ends_with', 'cal', true],
    ['severity', 'matches', '^cri.*l$', true],
    ['severity', 'matches', 'tic', true],
    ['count', 'matches', '12', false],
    ['none', 'exists', null, true],
    ['missing', 'exists', null, false],
    ['missing', 'not_exists', null, true],
    ['none', 'not_exists', null, false],
    ['user.name', 'equals', 'Ada', true],
    ['user.roles.1.id', 'equals', 2, true],
    ['user.roles.9.id', 'equals', 2, false],
    ['user.roles.length', 'exists', null, false],
    ['event.payload.user.name', 'equals', 'Ada', true],
    ['x-key', 'equals', 'v', true],
    ['constructor', 'exists', null, false],
    ['', 'exists', null, false],
  ])('%s %s %j → %s', (name, operator, value, matched) => {
    expect(evaluateConditions(field(name, operator, value), event)).toEqual({ matched });
  });
});

describe('errors in conditions', () => {
  it.each<[string, Json, RegExp]>([
    ['an unknown operator', field('count', 'like', 1), /unknown operator 'like'/],
    ['a pattern that cannot be used', field('severity', 'matches', '(?=a)'), /invalid regular expression/],
    ['an expression that cannot be read', { expression: '1 +' }, /ends too early/],
    ['a name that is not there', { expression: 'event.payload.nope' }, /no 'nope'/],
    ['an incomplete condition', [{ field: 'count' }], /form no rule can match/],
    ['an expression inside a list', [{ expression: 'true' }], /form no rule can match/],
  ])('%s is no match and says so', (_name, conditions, message) => {
    const outcome = evaluateConditions(conditions, event);
    expect(outcome).toEqual({ matched: false, error: expect.stringMatching(message) as string });
  });

  it('matches when another branch of any holds', () => {
    const conditions = {
      any: [
        { field: 'count', operator: 'like' },
        { field: 'count', operator: 'exists' },
      ],
    };
    expect(evaluateConditions(conditions, event)).toEqual({ matched: true });
  });

  it('survives conditions and payloads of absurd depth', () => {
    let deep: Json = { field: 'count', operator: 'exists' };
    for (let depth = 0; depth < 50_000; depth++) deep = { all: [deep] };
    expect(evaluateConditions(deep, event)).toEqual({ matched: false, error: 'a value is nested too deeply' });
  });
});

describe('conditionProblems', () => {
  it('accepts everything that can be evaluated', () => {
    for (const conditions of [
      null,
      {},
      [],
      { expression: '{{ event.id }}' },
      field('a', 'matches', '^a'),
      { any: [{ all: [] }] },
    ]) {
      expect(conditionProblems(conditions)).toEqual([]);
    }
  });

  it('names each problem and its place', () => {
    const conditions: Json = [
      { field: 'a', operator: 'like', value: 1 },
      { any: [{ field: 'b', operator: 'matches', value: '[' }, { nothing: 1 }] },
      { field: 'c', operator: 'matches', value: 5 },
    ];
    expect(conditionProblems(conditions).map(({ type, path }) => [type, path])).toEqual([
      ['unknown_operator', '/0'],
      ['pattern', '/1/0'],
      ['shape', '/1/1'],
      ['pattern', '/2'],
    ]);
    expect(conditionProblems({ expression: '1 +' })[0]?.type).toBe('expression');
    expect(conditionProblems('text')[0]?.type).toBe('shape');
  });
});
