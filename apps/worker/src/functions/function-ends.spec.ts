import { type StopReason } from '../process/action-runner.js';
import { type RunOutcome } from '../process/execution-result.js';
import { createFunctionFixture, type FunctionCall, type FunctionFixture } from './function-fixture.js';
import { type FunctionRunner } from './function-runner.js';

let fixture: FunctionFixture;
let runner: FunctionRunner;

beforeAll(async () => {
  fixture = await createFunctionFixture();
  await fixture.source('pid.mjs', 'export default () => process.pid');
});
beforeEach(() => (runner = fixture.functions()));
afterEach(async () => {
  await fixture.stop();
  expect(await fixture.survivors()).toEqual([]);
});
afterAll(() => fixture.remove());

const duration_ms = expect.any(Number) as number;

async function run(source: string, how: FunctionCall = {}): Promise<RunOutcome> {
  await fixture.source('run.mjs', source);
  return fixture.call(runner, 'run.mjs', how);
}

const pid = async (): Promise<unknown> => (await fixture.call(runner, 'pid.mjs')).result['data'];

const begun = 'process.stdout.write("begun\\n");';
const sleeper = `import { spawn } from 'node:child_process';\nconst sleep = () => spawn('sleep', ['600'], { stdio: 'inherit' });`;

describe('a function that takes too long', () => {
  const timedOut = {
    status: 'failed',
    result: {
      succeeded: false,
      exit_code: -1,
      error: 'Execution timed out after 1 seconds',
      timed_out: true,
      duration_ms,
      stdout: 'begun\n',
    },
  };

  it.each([
    ['waits', `await new Promise((resolve) => setTimeout(resolve, 600_000));`],
    ['computes', 'for (;;);'],
    ['waits for a program', `await new Promise((resolve) => sleep().on('exit', resolve));`],
    ['has left a program behind', `sleep(); await new Promise(() => {});`],
    ['refuses to be told', `process.on('SIGTERM', () => {}); await new Promise(() => {});`],
    [
      'gives up when it is told',
      `await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));`,
    ],
    ['ends well when it is told', `await new Promise((resolve) => signal.addEventListener('abort', resolve));`],
  ])('and %s is ended with all it has started', async (_what, body) => {
    const source = `${sleeper}\nexport default async (params, context) => { const { signal } = ${
      body.includes('signal.') ? 'context' : '{}'
    }; ${begun} ${body} }`;
    const before = await pid();
    expect(await run(source, { timeoutSeconds: 1 })).toEqual(timedOut);
    expect(await fixture.survivors()).toEqual([]);
    expect(await pid()).not.toBe(before);
  });
});

describe('a function that is stopped', () => {
  const stopped = async (body: string, reason: StopReason): Promise<RunOutcome> => {
    const stop = new AbortController();
    await fixture.source(
      'stop.mjs',
      `import { writeFileSync } from 'node:fs';
       export default async ({ up }, context) => { ${begun} const wait = ${body}; writeFileSync(up, ''); await wait; return 'whole'; }`,
    );
    const up = `up-${reason}-${Math.random()}`;
    const running = fixture.call(runner, 'stop.mjs', { stop: stop.signal, parameters: { up } });
    await fixture.appears(up);
    stop.abort(reason);
    return running;
  };
  const never = 'new Promise(() => {})';
  const result = { succeeded: false, duration_ms, stdout: 'begun\n' };

  it('by a user is cancelled', async () => {
    expect(await stopped(never, 'user')).toEqual({
      status: 'cancelled',
      result: { ...result, exit_code: 143, cancelled: true, error: 'Execution cancelled by user' },
    });
  });

  it('by a user may end as it likes', async () => {
    const waits = `new Promise((resolve) => context.signal.addEventListener('abort', resolve))`;
    expect(await stopped(waits, 'user')).toEqual({
      status: 'cancelled',
      result: { ...result, exit_code: 0, cancelled: true, error: 'Execution cancelled by user', data: 'whole' },
    });
    const gives = `new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)))`;
    expect(await stopped(gives, 'user')).toEqual({
      status: 'cancelled',
      result: { ...result, exit_code: 143, cancelled: true, error: 'Execution cancelled by user' },
    });
  });

  it('by the end of the worker is abandoned', async () => {
    expect(await stopped(never, 'shutdown')).toEqual({
      status: 'abandoned',
      result: { ...result, exit_code: 143, error: 'Execution stopped because its worker shut down' },
    });
  });

  it('while it waits for a host is never begun', async () => {
    const one = fixture.functions({ hostLimit: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    await fixture.source(
      'hold.mjs',
      `import { writeFileSync } from 'node:fs';
       export default async ({ up }) => { writeFileSync(up, ''); await new Promise(() => {}); }`,
    );
    const held = fixture.call(one, 'hold.mjs', { stop: first.signal, parameters: { up: 'held' } });
    await fixture.appears('held');
    const waiting = fixture.call(one, 'hold.mjs', { stop: second.signal, parameters: { up: 'not-held' } });
    second.abort('user');
    const cancelled = { status: 'cancelled', result: { succeeded: false, cancelled: true, exit_code: 143 } };
    expect(await waiting).toMatchObject({ ...cancelled, result: { ...cancelled.result, duration_ms: 0 } });
    first.abort('user');
    expect(await held).toMatchObject(cancelled);
    await expect(fixture.appears('held')).resolves.toBeUndefined();
  });
});

describe('a function that ends its process', () => {
  it.each<[string, number, object]>([
    ['process.exit(3)', 3, { error: 'said' }],
    ['process.abort()', 134, { error: 'Process killed by signal 6' }],
    ['process.kill(process.pid, "SIGKILL")', 137, { error: 'Process killed by signal 9' }],
    ['process.kill(process.pid, "SIGTERM")', 143, { error: 'Process killed by signal 15' }],
    ['setImmediate(() => { throw new Error("behind its back") })', 1, { error: 'behind its back' }],
    ['Promise.reject(new Error("nobody looked"))', 1, { error: 'nobody looked' }],
  ])('by %s has exit code %i', async (body, exit_code, more) => {
    const before = await pid();
    expect(
      await run(`export default () => { console.error('said'); ${body}; return new Promise(() => {}) }`),
    ).toMatchObject({
      status: 'failed',
      result: { exit_code, succeeded: false, stderr: expect.stringMatching(/^said\n/) as string, ...more },
    });
    expect(await pid()).not.toBe(before);
  });

  it('with code 0 has succeeded, and printed its data', async () => {
    expect(await run('export default () => { console.log("[1]"); process.exit(0) }')).toEqual({
      status: 'completed',
      result: { exit_code: 0, duration_ms, succeeded: true, data: [1] },
    });
  });

  it('takes what it has started with it', async () => {
    expect(await run(`${sleeper}\nexport default () => { sleep(); process.exit(2) }`)).toMatchObject({
      result: { exit_code: 2 },
    });
    expect(await fixture.survivors()).toEqual([]);
  });

  it('disturbs no other call', async () => {
    await fixture.source(
      'mixed.mjs',
      'export default async ({ n }) => { await new Promise((r) => setTimeout(r, n)); if (n % 7 === 0) process.exit(9); return n; }',
    );
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) => fixture.call(runner, 'mixed.mjs', { parameters: { n } })),
    );
    for (const [n, { result }] of outcomes.entries()) {
      expect(result).toMatchObject(n % 7 === 0 ? { exit_code: 9 } : { exit_code: 0, data: n });
    }
  });
});

describe('a host', () => {
  it('is used again, for every action of its pack', async () => {
    await fixture.source(
      'count.mjs',
      'let count = 0; export default () => ({ count: (count += 1), pid: process.pid });',
    );
    const first = (await fixture.call(runner, 'count.mjs')).result['data'] as { pid: number };
    expect(first).toMatchObject({ count: 1 });
    expect((await fixture.call(runner, 'count.mjs')).result['data']).toEqual({ count: 2, pid: first.pid });
    expect(await pid()).toBe(first.pid);
  });

  it('is replaced after a number of calls', async () => {
    runner = fixture.functions({ hostMaxRuns: 2 });
    const pids = [await pid(), await pid(), await pid(), await pid()];
    expect(pids[1]).toBe(pids[0]);
    expect(pids[2]).not.toBe(pids[0]);
    expect(pids[3]).toBe(pids[2]);
  });

  it('ends when nobody calls it for a while', async () => {
    runner = fixture.functions({ hostIdleMs: 100 });
    await pid();
    await fixture.allGone();
  });

  it('makes room for one of another pack', async () => {
    runner = fixture.functions({ hostLimit: 1 });
    const before = await pid();
    await fixture.call(runner, 'pid.mjs', { packRef: 'other' });
    expect(await pid()).not.toBe(before);
  });

  it('calls one function at a time, and there are enough of them for functions that wait', async () => {
    await fixture.source(
      'meet.mjs',
      `import { readdirSync, writeFileSync } from 'node:fs';
       let busy = 0;
       export default async ({ n, of }) => {
         busy += 1;
         writeFileSync('meet-' + n, '');
         while (readdirSync('.').filter((name) => name.startsWith('meet-')).length < of) await new Promise((r) => setTimeout(r, 5));
         const most = busy;
         busy -= 1;
         return { pid: process.pid, most };
       }`,
    );
    const calls = Array.from({ length: 5 }, (_, n) => fixture.call(runner, 'meet.mjs', { parameters: { n, of: 5 } }));
    const met = (await Promise.all(calls)).map(({ result }) => result['data'] as { pid: number; most: number });
    expect(new Set(met.map(({ pid: each }) => each)).size).toBe(5);
    expect(met.every(({ most }) => most === 1)).toBe(true);
  });

  it('holds no descriptors when it is gone', async () => {
    await pid();
    await fixture.stop();
    const before = await fixture.openDescriptors();
    runner = fixture.functions();
    await Promise.all([pid(), pid(), pid()]);
    await fixture.stop();
    expect(await fixture.openDescriptors()).toBeLessThanOrEqual(before);
  });
});
