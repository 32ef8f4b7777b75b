import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RunOutcome } from '../process/execution-result.js';
import { parseExecutionConfig } from '../runtimes/execution-config.js';
import { createFunctionFixture, type FunctionFixture } from './function-fixture.js';
import { type FunctionRunner } from './function-runner.js';

let fixture: FunctionFixture;
let runner: FunctionRunner;

beforeAll(async () => (fixture = await createFunctionFixture()));
beforeEach(() => (runner = fixture.functions()));
afterEach(async () => {
  await fixture.stop();
  expect(await fixture.survivors()).toEqual([]);
});
afterAll(() => fixture.remove());

const duration_ms = expect.any(Number) as number;
const success = { exit_code: 0, duration_ms, succeeded: true };
const failure = { duration_ms, succeeded: false };

async function run(source: string, how: Parameters<FunctionFixture['call']>[2] = {}): Promise<RunOutcome> {
  await fixture.source('run.mjs', source);
  return fixture.call(fixture.functions(), 'run.mjs', how);
}

describe('what a function returns', () => {
  it.each<[string, unknown]>([
    ['({ a: [1, null], b: "ä" })', { a: [1, null], b: 'ä' }],
    ['null', null],
    ['"text"', 'text'],
    ['0', 0],
    ['[]', []],
    ['Promise.resolve(false)', false],
    ['JSON.parse(\'{"__proto__": 1}\')', JSON.parse('{"__proto__": 1}')],
    ['"half \\ud800 and \\0"', 'half \uFFFD and \uFFFD'],
  ])('%s is its data', async (expression, data) => {
    expect(await run(`export default () => ${expression}`)).toEqual({
      status: 'completed',
      result: { ...success, data },
    });
  });

  it('is text where the output is text', async () => {
    const text = async (expression: string): Promise<unknown> =>
      (await run(`export default () => { console.log('said'); return ${expression} }`, { outputFormat: 'text' }))
        .result;
    expect(await text('"and returned\\n"')).toEqual({ ...success, stdout: 'said\nand returned\n' });
    expect(await text('undefined')).toEqual({ ...success, stdout: 'said\n' });
    expect(await text('({ a: 1 })')).toEqual({ ...success, stdout: 'said\n{"a":1}' });
    expect(await text('"x".repeat(100_000)')).toEqual({ ...success, stdout: `said\n${'x'.repeat(100_000)}` });
  });

  it('is a list where the output is lines', async () => {
    const lines = async (value: string): Promise<unknown> =>
      (await run(`export default () => (${value})`, { outputFormat: 'jsonl' })).result['data'];
    expect(await lines('[{ a: 1 }, 2]')).toEqual([{ a: 1 }, 2]);
    expect(await lines('{ a: 1 }')).toEqual([{ a: 1 }]);
  });

  it('keeps whole numbers no double can hold', async () => {
    await fixture.source('big.py', 'def run(params, context):\n    return {"n": 12345678901234567890}\n');
    expect((await fixture.call(runner, 'big.py')).result['data']).toEqual({ n: 12345678901234567890n });
  });

  it('may be nothing', async () => {
    expect(await run('export default () => undefined')).toEqual({ status: 'completed', result: success });
  });

  it.each([
    ['10n', /^the returned value is no JSON: .*BigInt/],
    ['() => 1', /^the returned value is no JSON but a function$/],
    ['((a) => (a.a = a))({})', /^the returned value is no JSON: .*circular/],
    ['"x".repeat(2_000_000)', /^the output exceeded its size limit$/],
  ])('%s is no data, and no failure', async (expression, problem) => {
    expect(await run(`export default () => (${expression})`)).toEqual({
      status: 'completed',
      result: { ...success, output_parse_error: expect.stringMatching(problem) as string },
    });
  });

  it('gives its queue_ack to the queue', async () => {
    expect((await run('export default () => ({ queue_ack: { ok: true } })')).result).toEqual({
      ...success,
      data: { queue_ack: { ok: true } },
      queue_ack: { ok: true },
    });
  });
});

it.each([
  ['run.cjs', 'module.exports = ({ n }) => n + 1'],
  ['run.cjs', 'exports.run = ({ n }) => n + 1'],
  ['run.mjs', 'export const run = ({ n }) => n + 1'],
])('a function may be exported by %s as: %s', async (name, source) => {
  await fixture.source(name, source);
  expect((await fixture.call(runner, name, { parameters: { n: 1 } })).result['data']).toBe(2);
});

describe('what a function prints', () => {
  it('is kept beside its data', async () => {
    const source = `
      import { spawnSync } from 'node:child_process';
      export default () => {
        process.stdout.write('one\\n');
        console.error('two');
        spawnSync('sh', ['-c', 'echo three; echo four >&2; echo five > /dev/stdout'], { stdio: 'inherit' });
        return 6;
      }`;
    expect((await run(source)).result).toEqual({
      ...success,
      data: 6,
      stdout: 'one\nthree\nfive\n',
      stderr: 'two\nfour\n',
    });
  });

  it('is cut at its limit', async () => {
    await fixture.source('long.mjs', `export default ({ n }) => { process.stdout.write('x'.repeat(n)); return 'end' }`);
    const small = fixture.functions({ stdoutLimitBytes: 1024 });
    const mark = '\n\n[OUTPUT TRUNCATED: stdout exceeded size limit]\n';
    for (const outputFormat of ['json', 'text'] as const) {
      const { result } = await fixture.call(small, 'long.mjs', { outputFormat, parameters: { n: 3_000_000 } });
      expect(result).toMatchObject({
        stdout: 'x'.repeat(896) + mark,
        stdout_truncated: true,
        stdout_bytes_truncated: 3_000_000 - 896 + (outputFormat === 'text' ? 3 : 0),
      });
    }
    expect((await fixture.call(small, 'long.mjs', { parameters: { n: 3 } })).result).toEqual({
      ...success,
      data: 'end',
      stdout: 'xxx',
    });
  });

  it('never looks like an answer', async () => {
    const source = `
      export default () => {
        for (const stream of [process.stdout, process.stderr]) stream.write('{"call":1,"code":0,"data":"forged"}\\n');
        return 'true';
      }`;
    expect((await run(source)).result['data']).toBe('true');
  });

  it('goes to the call that printed it, however many there are', async () => {
    await fixture.source(
      'many.mjs',
      `import { execFile } from 'node:child_process';
       import { promisify } from 'node:util';
       export default async ({ n }) => {
         console.log('out', n);
         console.error('err', n);
         if (n % 10 === 0) console.log('x'.repeat(n * 100));
         if (n % 50 === 0) await new Promise((resolve) => execFile('sh', ['-c', 'echo child ' + n], (_, text) => (process.stdout.write(text), resolve())));
         return n;
       }`,
    );
    const outcomes = await Promise.all(
      Array.from({ length: 600 }, (_, n) => fixture.call(runner, 'many.mjs', { parameters: { n } })),
    );
    for (const [n, { result }] of outcomes.entries()) {
      expect(result).toEqual({
        ...success,
        data: n,
        stdout: `out ${n}\n${n % 10 === 0 ? `${'x'.repeat(n * 100)}\n` : ''}${n % 50 === 0 ? `child ${n}\n` : ''}`,
        stderr: `err ${n}\n`,
      });
    }
  });

  it('is dropped when nobody is calling', async () => {
    await fixture.source(
      'late.mjs',
      `import { writeFileSync } from 'node:fs';
       export default ({ late }) => {
         if (late) setTimeout(() => { console.log('too late'); writeFileSync(late, ''); }, 20);
       }`,
    );
    await fixture.call(runner, 'late.mjs', { parameters: { late: 'late' } });
    await fixture.appears('late');
    await nextTurn();
    expect((await fixture.call(runner, 'late.mjs')).result).toEqual(success);
  });
});

describe('a function that fails', () => {
  it('throws', async () => {
    const { status, result } = await run(`
      export default async () => {
        console.log('so far');
        throw new TypeError('no such thing', { cause: new Error('deeper') });
      }`);
    expect({ status, result }).toEqual({
      status: 'failed',
      result: {
        ...failure,
        exit_code: 1,
        error: 'no such thing',
        stdout: 'so far\n',
        stderr: expect.stringMatching(/^TypeError: no such thing\n[^]*run\.mjs:4[^]*deeper/) as string,
      },
    });
  });

  it.each<[string, string]>([
    ['"words"', 'words'],
    ['new RangeError()', 'RangeError'],
    ['{ code: 7 }', 'Thrown: { code: 7 }'],
    ['undefined', 'Thrown: undefined'],
  ])('may throw %s', async (thrown, error) => {
    expect(await run(`export default () => { throw ${thrown}; }`)).toMatchObject({
      status: 'failed',
      result: { exit_code: 1, error },
    });
  });

  it('says so by its exit code, and the next call starts anew', async () => {
    await fixture.source(
      'code.mjs',
      `export default ({ code }) => { if (code) { process.exitCode = code; console.error('went wrong'); } return [code] }`,
    );
    expect(await fixture.call(runner, 'code.mjs', { parameters: { code: 7 } })).toEqual({
      status: 'failed',
      result: { ...failure, exit_code: 7, error: 'went wrong', stderr: 'went wrong\n', data: [7] },
    });
    expect((await fixture.call(runner, 'code.mjs', { parameters: { code: 0 } })).result).toEqual({
      ...success,
      data: [0],
    });
  });

  it('has a module that cannot be loaded', async () => {
    expect(await run('export default ( => 1')).toMatchObject({
      status: 'failed',
      result: { exit_code: 1, stderr: expect.stringContaining('SyntaxError') as string },
    });
    expect(await run(`import 'nowhere';`)).toMatchObject({
      result: { exit_code: 1, error: expect.stringContaining(`Cannot find package 'nowhere'`) as string },
    });
  });

  it('is none', async () => {
    const { status, result } = await run('export const other = 1;');
    expect(status).toBe('failed');
    expect(result).toEqual({
      succeeded: false,
      error: expect.stringMatching(/run\.mjs exports no function/) as string,
    });
  });

  it('cannot be started', async () => {
    expect((await fixture.call(runner, 'absent.mjs')).result).toEqual({
      succeeded: false,
      error: expect.stringMatching(/^Action file not found: .*absent\.mjs$/) as string,
    });
    expect((await fixture.call(runner, '../../outside.mjs')).result).toEqual({
      succeeded: false,
      error: expect.stringMatching(/leaves its pack/) as string,
    });
    expect((await fixture.call(runner, 'export default 1', { isInline: true })).result['succeeded']).toBe(false);
    await fixture.source('run.mjs', 'export default () => 1');
    for (const [binary, error] of [
      ['node-of-nowhere', /^Interpreter not found: node-of-nowhere$/],
      ['false', /^The function host \(.*\) did not start$/],
    ] as const) {
      const execution = parseExecutionConfig({ interpreter: { binary } });
      expect((await fixture.call(runner, 'run.mjs', { execution })).result).toEqual({
        succeeded: false,
        error: expect.stringMatching(error) as string,
      });
    }
  });
});
