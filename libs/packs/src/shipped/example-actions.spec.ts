import { callFunction } from '../../testing/call-function.js';
import { dotenv, runScript } from '../../testing/run-script.js';

describe('examples.greet', () => {
  it('greets in Python', async () => {
    const { exitCode, stdout } = await runScript(
      'python3',
      'examples/actions/greet.py',
      '{"name":"Ada","greeting":"Hi"}\n',
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ message: 'Hi, Ada!', length: 8 });
  });

  it('fails without a name', async () => {
    expect((await runScript('python3', 'examples/actions/greet.py', '{}')).exitCode).toBe(1);
  });
});

describe('examples.disk_usage', () => {
  it('measures a disk in shell', async () => {
    const { exitCode, stdout } = await runScript('/bin/bash', 'examples/actions/disk_usage.sh', dotenv({ path: '/' }));
    expect(exitCode).toBe(0);
    const usage = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(usage)).toEqual(['size_kib', 'used_kib', 'used_percent']);
    expect(usage['used_kib']).toBeLessThanOrEqual(usage['size_kib'] ?? 0);
  });

  it('takes a quote for a quote', async () => {
    const { exitCode, stderr } = await runScript(
      '/bin/bash',
      'examples/actions/disk_usage.sh',
      dotenv({ path: "/it's not there" }),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("/it's not there");
  });
});

describe('examples.word_count', () => {
  it.each([
    [
      { text: 'to be or not to be', top: 1 },
      { lines: 1, words: 6, characters: 18, top: [{ word: 'be', count: 2 }] },
    ],
    [{ text: 'Grüße,\ngrüße 🎉' }, { lines: 2, words: 2, characters: 14, top: [{ word: 'grüße', count: 2 }] }],
    [{ text: '' }, { lines: 0, words: 0, characters: 0, top: [] }],
  ])('counts %j in JavaScript', async (parameters, expected) => {
    const input = JSON.stringify(parameters);
    const { exitCode, stdout } = await runScript(process.execPath, 'examples/actions/word_count.mjs', input);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(expected);
  });
});

describe('examples.slug', () => {
  it.each([
    [
      { text: 'Grüße, Welt!', separator: '-' },
      { slug: 'grusse-welt', words: 2 },
    ],
    [
      { text: '  Été 2026 ', separator: '_' },
      { slug: 'ete_2026', words: 2 },
    ],
  ])('shortens %j as a JavaScript function', async (parameters, expected) => {
    const { exitCode, stdout } = await callFunction('examples/actions/slug.mjs', parameters);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it('fails when nothing is left', async () => {
    const { exitCode, stderr } = await callFunction('examples/actions/slug.mjs', { text: '!?', separator: '-' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nothing is left of the text');
  });
});

describe('examples.average', () => {
  it('sums up as a Python function', async () => {
    const { exitCode, stdout } = await callFunction('examples/actions/average.py', { numbers: [3, 1, 2] });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ mean: 2, median: 2, count: 3 });
  });

  it('fails without numbers', async () => {
    const { exitCode, stderr } = await callFunction('examples/actions/average.py', { numbers: [] });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no numbers given');
  });
});
