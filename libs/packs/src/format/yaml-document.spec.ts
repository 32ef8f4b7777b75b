import { parseYaml } from './yaml-document.js';

describe('parseYaml', () => {
  it.each([
    ['', 1, 'the file is empty'],
    ['a: 1\nb: [1, 2\nc: 3\n', 3, 'not valid YAML'],
    ['a: 1\n  b: 2\n', 1, 'not valid YAML'],
    ['a: 1\nb: 2\na: 3\n', 3, 'not valid YAML: Map keys must be unique'],
    ['a: 1\nb: *nowhere\n', 2, 'not valid YAML: there is no anchor &nowhere'],
    ['a: 1\nb: !python/object x\n', 2, 'not valid YAML: Unresolved tag'],
    ['a: 1\n---\nb: 2\n', 3, 'a file holds one document'],
    ["a: 'open\n", 2, 'not valid YAML'],
    ['? [a, b]\n: 1\n', 1, 'not valid YAML'],
  ])('says where %j is wrong', (text, line, error) => {
    const { value, problems } = parseYaml(text);
    expect(value).toBeUndefined();
    expect(problems.some((problem) => problem.line === line && problem.error.startsWith(error))).toBe(true);
  });

  it('reads YAML 1.2: yes and on are text, and so are dates', () => {
    expect(parseYaml('a: yes\nb: on\nc: 2026-01-01\nd: 0o10\ne: 010\nf: ~\n').value).toEqual({
      a: 'yes',
      b: 'on',
      c: '2026-01-01',
      d: 8,
      e: 10,
      f: null,
    });
  });

  it('refuses aliases that multiply', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 8; level++) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    const { value, problems } = parseYaml(lines.join('\n'));
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ error: expect.stringContaining('alias') as string }]);
  });

  it('makes no prototype of a key', () => {
    const { value } = parseYaml('__proto__: { polluted: true }\n');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });

  it.each([
    [['a'], 1],
    [['b', 'c'], 3],
    [['b', 'list', 1], 6],
    [['b', 'list', 1, 'd'], 6],
    [['b', 'list', 7], 4],
    [['b', 'missing'], 2],
    [['same', 'port'], 7],
    [[], 1],
    [['a', 'deeper'], 1],
  ])('finds the line of %j', (path, line) => {
    const text = 'a: 1\nb:\n  c: 2\n  list:\n    - one\n    - d: 3\nsame: &s { port: 1 }\nother: *s\n';
    expect(parseYaml(text).lineOf(path)).toBe(line);
  });

  it('finds the line of a value behind an alias where it was written', () => {
    expect(parseYaml('a: &s\n  port: 1\nb: *s\n').lineOf(['b', 'port'])).toBe(2);
  });
});
