import { type Json, parseJson, stringifyJson } from '../json.js';
import { ExpressionError } from './expression-error.js';
import { resultView } from './result-view.js';
import { scopeOf } from './scope.js';
import { parseExpression } from './parser.js';
import { evaluateWhen, renderTemplate, templateProblems } from './template.js';

const scope = scopeOf({ name: 'Ada', n: 3, none: null, list: [1, { a: 2 }], t: '{{ n }}', no: 'No', zero: '0' });

describe('renderTemplate', () => {
  it.each<[Json, Json]>([
    ['plain', 'plain'],
    ['{{ n }}', 3],
    ['  {{ list }}\n', [1, { a: 2 }]],
    ['{{ none }}', null],
    ['Hello {{ name }}!', 'Hello Ada!'],
    ['{{ name }}{{ n }}', 'Ada3'],
    ['[{{ none }}]', '[]'],
    ['{{ n }} of {{ list }}', '3 of [1,{"a":2}]'],
    ['{{ "}}" }}', '}}'],
    ["x{{ '{{' }}", 'x{{'],
    ['{{ t }}', '{{ n }}'],
    ['a {{ t }}', 'a {{ n }}'],
    [{ '{{ n }}': ['{{ n }}', { deep: '{{ name }}' }] }, { '{{ n }}': [3, { deep: 'Ada' }] }],
    [12, 12],
    [null, null],
    ['}} {{ n }}', '}} 3'],
  ])('%j', (template, expected) => {
    expect(renderTemplate(template, scope)).toEqual(expected);
  });

  it.each<[Json, RegExp]>([
    ['{{ missing }}', /unknown name/],
    [{ a: ['ok {{ missing }}'] }, /unknown name/],
    ['{{ n', /no matching/],
    ['{{ }}', /empty/],
    ["{{ it's }}", /not closed/],
  ])('%j fails as a whole', (template, message) => {
    expect(() => renderTemplate(template, scope)).toThrow(ExpressionError);
    expect(() => renderTemplate(template, scope)).toThrow(message);
  });

  it('passes large whole numbers through unchanged', () => {
    const rendered = renderTemplate({ id: '{{ big }}' }, scopeOf({ big: parseJson('12345678901234567890') }));
    expect(stringifyJson(rendered)).toBe('{"id":12345678901234567890}');
  });

  it('does not let a key become a prototype', () => {
    const rendered = renderTemplate(JSON.parse('{"__proto__": {"polluted": "{{ n }}"}}') as Json, scope);
    expect(stringifyJson(rendered)).toBe('{"__proto__":{"polluted":3}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('refuses a value over 10 MiB, wherever it grew', () => {
    const large = scopeOf({ t: 'x'.repeat(1024 * 1024) });
    expect(() => renderTemplate(Array<Json>(11).fill('{{ t }}'), large)).toThrow(/larger than 10 MiB/);
    expect(() => renderTemplate('{{ t }}'.repeat(11), large)).toThrow(/larger than 10 MiB/);
    expect(() => renderTemplate('{{ [t,t,t,t,t,t,t,t,t,t,t] }}', large)).toThrow(/larger than 10 MiB/);
  });
});

describe('evaluateWhen', () => {
  it.each<[string, boolean]>([
    ['n > 2', true],
    ['{{ n > 2 }}', true],
    [' {{ n < 2 }} ', false],
    ['{{ no }}', false],
    ['zero', false],
    ['{{ n }}{{ n }}', true],
    ['"FALSE"', false],
    ['""', false],
    ['name', true],
    ['none', false],
    ['list', true],
  ])('%s', (when, expected) => {
    expect(evaluateWhen(when, scope)).toBe(expected);
  });
});

describe('templateProblems', () => {
  it('lists every expression that cannot be read, once', () => {
    const problems = templateProblems({ a: '{{ 1 + }} {{ ok }}', b: ['{{ 1 + }}', '{{ x'] }, (source) => {
      parseExpression(source);
    });
    expect(problems).toEqual(['the expression ends too early', "a '{{' has no matching '}}'"]);
  });
});

describe('resultView', () => {
  const view = (result: Json, text: string): Json =>
    renderTemplate(`{{ ${text} }}`, scopeOf({ task: { x: resultView(result) } }));

  it('copies the keys of data up, own fields first', () => {
    const result = { exit_code: 0, succeeded: true, data: { url: 'u', exit_code: 9 } };
    expect(view(result, 'task.x.url')).toBe('u');
    expect(view(result, 'task.x.exit_code')).toBe(0);
    expect(view(result, 'task.x.data.exit_code')).toBe(9);
    expect(view(result, 'task.x.result.url')).toBe('u');
    expect(view(result, 'task.x.result.result.url')).toBe('u');
  });

  it('reads a JSON object from stdout when there is no data', () => {
    expect(view({ stdout: ' {"id": 4}' }, 'task.x.id')).toBe(4);
    expect(view({ stdout: 'text' }, 'task.x.stdout')).toBe('text');
    expect(view({ stdout: '{broken' }, 'task.x.stdout')).toBe('{broken');
  });

  it('keeps a result of its own and never contains itself in text', () => {
    expect(view({ data: { result: 5 } }, 'task.x.result')).toBe(5);
    expect(view({ a: 1 }, 'task.x')).toEqual({ a: 1 });
    expect(stringifyJson(view({ a: 1 }, 'task.x.result'))).toBe('{"a":1}');
    expect(view('text', 'task.x')).toBe('text');
  });
});
