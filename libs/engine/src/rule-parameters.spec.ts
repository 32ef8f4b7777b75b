import { type Json } from './json.js';
import { renderRuleParameters, ruleParameterProblems, type RuleTemplateInput } from './rule-parameters.js';

const input: RuleTemplateInput = {
  event: {
    id: 42,
    trigger_ref: 'core.webhook',
    payload: {
      user: { name: 'Ada', tags: ['a', { b: 1 }] },
      count: 2,
      text: '{{ event.id }}',
      headers: { 'x-request-id': 'r1' },
      none: null,
      in: 'keyword',
    },
    created: '2026-01-02T03:04:05.000006Z',
  },
  packConfig: { url: 'https://x', nested: { on: true } },
  rule: { id: 7, ref: 'demo.rule' },
  timestamp: '2026-01-02T03:04:06.000Z',
};

const render = (template: Json): Json => renderRuleParameters(template, input).parameters;

describe('renderRuleParameters', () => {
  it.each<[Json, Json]>([
    ['{{ event.payload.user.name }}', 'Ada'],
    ['{{event.payload.user}}', { name: 'Ada', tags: ['a', { b: 1 }] }],
    ['{{ event.payload.user.tags.1.b }}', 1],
    ['{{ event.payload }}', input.event.payload],
    ['{{ event.id }}', 42],
    ['{{ event.trigger }}', 'core.webhook'],
    ['{{ event.created }}', '2026-01-02T03:04:05.000006Z'],
    ['{{ pack.config.url }}/path', 'https://x/path'],
    ['{{ pack.config.nested.on }}', true],
    ['{{ system.timestamp }}', '2026-01-02T03:04:06.000Z'],
    ['{{ system.rule.id }}', 7],
    ['{{ system.rule.ref }}', 'demo.rule'],
    ['{{ event.payload.missing.deeper }}', null],
    ['{{ event.payload.none }}', null],
    ['<{{ event.payload.missing }}>', '<>'],
    ['{{ unknown }}', null],
    ['{{ event.payload.user.tags.9 }}', null],
    ['user={{ event.payload.user }}', 'user={"name":"Ada","tags":["a",{"b":1}]}'],
    ['n={{ event.payload.count }}', 'n=2'],
    ['{{ event.payload.text }}', '{{ event.id }}'],
    ['{{ event.payload.headers.x-request-id }}', 'r1'],
    ['{{ event.payload.count-1 }}', 1],
    ['{{ event.payload.nope-1 }}', null],
    ['{{ event.payload.in }}', 'keyword'],
    ['{{ event.payload.count + 1 }}', 3],
    ['{{ upper(event.payload.user.name) }}!', 'ADA!'],
    ['{{ event.payload["user"]["tags"][0] }}', 'a'],
    ['{{ true }}', true],
    [
      { a: ['{{ event.id }}', { '{{ event.id }}': '{{ event.id }}' }], b: 5, c: null },
      { a: [42, { '{{ event.id }}': 42 }], b: 5, c: null },
    ],
    [null, null],
    [{}, {}],
  ])('%j', (template, expected) => {
    expect(renderRuleParameters(template, input)).toEqual({ parameters: expected, errors: [] });
  });

  it.each<[Json, Json, RegExp]>([
    ['{{ event.payload.nope + 1 }}', null, /no 'nope'/],
    ['a{{ nope() }}b', 'ab', /unknown function/],
    ['{{ 1 + }}', null, /ends too early/],
    ["{{ it's }} {{ event.id }}", ' 42', /not closed/],
    ['docker {{ open', 'docker {{ open', /no matching/],
  ])('%j goes on as %j and says why', (template, expected, message) => {
    const { parameters, errors } = renderRuleParameters(template, input);
    expect(parameters).toEqual(expected);
    expect(errors).toEqual([expect.stringMatching(message)]);
  });

  it('refuses parameters over 10 MiB', () => {
    const large = { ...input, event: { ...input.event, payload: 'x'.repeat(2_000_000) } };
    expect(() => renderRuleParameters(Array<Json>(6).fill('{{ event.payload }}'), large)).toThrow(/10 MiB/);
  });

  it('lets nothing of the payload reach a prototype', () => {
    expect(render('{{ event.payload.constructor }}')).toBeNull();
    expect(render('{{ event.payload.__proto__.polluted }}')).toBeNull();
  });
});

describe('ruleParameterProblems', () => {
  it('finds what can never be evaluated', () => {
    expect(ruleParameterProblems({ a: '{{ event.payload.x-y.0.z }}', b: ['{{ 1 + 1 }}'] })).toEqual([]);
    expect(ruleParameterProblems({ a: '{{ 1 + }}', b: 'x {{ y' })).toHaveLength(2);
  });
});
