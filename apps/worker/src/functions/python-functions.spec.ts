import { type RunOutcome } from '../process/execution-result.js';
import { createFunctionFixture, type FunctionCall, type FunctionFixture, PYTHON } from './function-fixture.js';
import { type FunctionRunner } from './function-runner.js';

let fixture: FunctionFixture;
let runner: FunctionRunner;
let sources = 0;

beforeAll(async () => {
  fixture = await createFunctionFixture();
  runner = fixture.functions();
});
afterAll(async () => {
  await fixture.stop();
  expect(await fixture.survivors()).toEqual([]);
  await fixture.remove();
});

const duration_ms = expect.any(Number) as number;
const success = { exit_code: 0, duration_ms, succeeded: true };

/** Every source is a file of its own, so that one host serves them all. */
async function run(source: string, how: FunctionCall = {}): Promise<RunOutcome> {
  const name = `run${(sources += 1)}.py`;
  await fixture.source(name, source);
  return fixture.call(runner, name, how);
}

const body = (...lines: string[]): string =>
  `def run(params, context):\n${lines.map((line) => `    ${line}\n`).join('')}`;

describe('what a Python function returns', () => {
  it('is its data', async () => {
    expect((await run(body('return {"a": [1, None, "ä"], **params}'), { parameters: { b: true } })).result).toEqual({
      ...success,
      data: { a: [1, null, 'ä'], b: true },
    });
    expect((await run('async def run(params, context):\n    return 1')).result).toEqual({ ...success, data: 1 });
    expect((await run(body('pass'))).result).toEqual(success);
  });

  it('is text where the output is text', async () => {
    const text = { outputFormat: 'text' as const };
    expect((await run(body('print("said")', 'return "and ä"'), text)).result).toEqual({
      ...success,
      stdout: 'said\nand ä',
    });
    expect((await run(body('return {"a": 1}'), text)).result).toEqual({ ...success, stdout: '{"a": 1}' });
    expect((await run(body('return "x" * 100000'), text)).result).toEqual({ ...success, stdout: 'x'.repeat(100_000) });
  });

  it.each([
    ['object()', /^the returned value is no JSON: .*object/],
    ['float("nan")', /^the returned value is no JSON: Out of range/],
    ['"x" * 2000000', /^the output exceeded its size limit$/],
  ])('%s is no data, and no failure', async (expression, problem) => {
    expect((await run(body(`return ${expression}`))).result).toEqual({
      ...success,
      output_parse_error: expect.stringMatching(problem) as string,
    });
  });
});

it('keeps what is printed by a Python function and its programs', async () => {
  const source = `import os, subprocess, sys\n${body(
    'print("one", end="\\n")',
    'print("two", file=sys.stderr)',
    'subprocess.run(["sh", "-c", "echo three; echo four >&2"])',
    'os.system("echo five")',
    'sys.stdout.write("six")',
  )}`;
  expect((await run(source)).result).toEqual({ ...success, stdout: 'one\nthree\nfive\nsix', stderr: 'two\nfour\n' });
});

describe('a Python function that fails', () => {
  it('raises', async () => {
    const { status, result } = await run(body('print("so far")', 'raise ValueError("no such thing")'));
    expect({ status, result }).toEqual({
      status: 'failed',
      result: {
        exit_code: 1,
        duration_ms,
        succeeded: false,
        error: 'no such thing',
        stdout: 'so far\n',
        stderr: expect.stringMatching(
          /^Traceback [^\n]*\n {2}File "[^"]*\/run\d+\.py", line 3, in run\n[^]*ValueError: no such thing\n$/,
        ) as string,
      },
    });
    expect((await run(body('return {}["name"]'))).result['error']).toBe("KeyError: 'name'");
    expect((await run(body('assert False'))).result['error']).toBe('AssertionError');
  });

  it.each<[string, object]>([
    ['sys.exit(3)', { exit_code: 3, error: 'Command exited with code 3' }],
    ['sys.exit("words")', { exit_code: 1, error: 'words', stderr: 'words\n' }],
    ['os._exit(4)', { exit_code: 4 }],
    ['os.abort()', { exit_code: 134, error: 'Process killed by signal 6' }],
    ['os.kill(os.getpid(), 15)', { exit_code: 143 }],
  ])('by %s', async (statement, result) => {
    expect(await run(`import os, sys\n${body(statement)}`)).toMatchObject({ status: 'failed', result });
  });

  it('has a module that cannot be loaded', async () => {
    expect((await run('def run(')).result).toMatchObject({
      exit_code: 1,
      stderr: expect.stringContaining('SyntaxError') as string,
    });
    expect((await run('import nowhere')).result).toMatchObject({ exit_code: 1, error: "No module named 'nowhere'" });
    expect((await run('other = 1')).result).toEqual({
      succeeded: false,
      error: expect.stringMatching(/\.py has no function/) as string,
    });
  });

  it('succeeds with sys.exit()', async () => {
    expect((await run(`import sys\n${body('sys.exit()')}`)).result).toEqual(success);
  });
});

it('tells a Python function what it runs for, in the environment of that call only', async () => {
  const source = `import os\n${body(
    'return {"env": dict(os.environ), "cwd": os.getcwd(), "pid": os.getpid(), "context": {k: v for k, v in vars(context).items() if k[0] != "_"}}',
  )}`;
  await fixture.source('told.py', source);
  // A runner that has not seen the files of the other tests keeps its host.
  const own = fixture.functions();
  const again = (how: FunctionCall = {}): Promise<RunOutcome> => fixture.call(own, 'told.py', how);
  const told = (
    await again({
      executionVariables: { MODE: 'fast', ATTUNE_ACTION: 'forged' },
      platformVariables: { ATTUNE_API_URL: 'http://api', ATTUNE_API_TOKEN: 'token', ATTUNE_RULE: 'demo.rule' },
    })
  ).result['data'] as Record<string, unknown>;
  expect(told).toMatchObject({
    cwd: fixture.packDir,
    env: { MODE: 'fast', ATTUNE_ACTION: 'demo.run', ATTUNE_EXEC_ID: '4711', ATTUNE_API_TOKEN: 'token' },
    context: {
      execution_id: 4711,
      action_ref: 'demo.run',
      pack_ref: 'demo',
      rule_ref: 'demo.rule',
      trigger_ref: null,
      api_url: 'http://api',
      api_token: 'token',
      env: { MODE: 'fast' },
    },
  });
  const next = (await again()).result['data'] as { env: object; pid: number };
  expect(next.pid).toBe(told['pid']);
  for (const name of ['MODE', 'ATTUNE_API_TOKEN', 'ATTUNE_RULE']) expect(next.env).not.toHaveProperty(name);
});

describe('a Python function that is ended from outside', () => {
  const outcomeOf = async (source: string, reason: 'user' | 'timeout'): Promise<RunOutcome> => {
    const stop = new AbortController();
    const up = `up-python-${(sources += 1)}`;
    const running = run(source, {
      parameters: { up },
      stop: stop.signal,
      timeoutSeconds: reason === 'timeout' ? 1 : 20,
    });
    await fixture.appears(up);
    if (reason === 'user') stop.abort('user');
    return running;
  };
  const begin = 'open(params["up"], "w").close(); print("begun")';
  const cancelled = {
    succeeded: false,
    duration_ms,
    cancelled: true,
    error: 'Execution cancelled by user',
    stdout: 'begun\n',
  };

  it.each([
    ['sleeps', `import time\n${body(begin, 'time.sleep(600)')}`, 143],
    ['computes', body(begin, 'while True: pass'), 143],
    ['awaits', `import asyncio\nasync ${body(begin, 'await asyncio.sleep(600)')}`, 143],
    ['looks out for it', body('cancelled = context.cancelled', begin, 'cancelled.wait(600)', 'raise SystemExit(5)'), 5],
  ])('and %s is cancelled', async (_what, source, exit_code) => {
    expect(await outcomeOf(source, 'user')).toEqual({ status: 'cancelled', result: { ...cancelled, exit_code } });
  });

  it('times out', async () => {
    expect(await outcomeOf(`import time\n${body(begin, 'time.sleep(600)')}`, 'timeout')).toMatchObject({
      status: 'failed',
      result: { exit_code: -1, timed_out: true, stdout: 'begun\n' },
    });
  });
});

it('does not let a copy of the host answer', async () => {
  const source = `import os\n${body('pid = os.fork()', 'if pid: os.waitpid(pid, 0)', 'return "parent" if pid else "child"')}`;
  expect((await run(source)).result['data']).toBe('parent');
  expect((await run(source)).result['data']).toBe('parent');
});

it('imports from the directory of the action and from lib', async () => {
  await fixture.source(
    'beside.py',
    'def run(params, context):\n    return here() + there()\n\nfrom helper import here\nfrom far import there\n',
  );
  await fixture.source('helper.py', 'def here():\n    return "here"\n');
  await fixture.file('lib/far.py', 'def there():\n    return " and there"\n');
  const env_vars = { PYTHONPATH: { value: '{pack_dir}/lib', operation: 'prepend' as const, separator: ':' } };
  expect((await fixture.call(runner, 'beside.py', { execution: { ...PYTHON, env_vars } })).result['data']).toBe(
    'here and there',
  );
});

it('calls one function after another in the same process', async () => {
  await fixture.source(
    'count.py',
    'count = 0\n\ndef run(params, context):\n    global count\n    count += 1\n    return count\n',
  );
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => fixture.call(runner, 'count.py')));
  const counts = outcomes.map(({ result }) => Number(result['data']));
  expect(Math.max(...counts)).toBeGreaterThan(20);
});
