import { writeFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunnerFixture, createRunnerFixture } from './runner-fixture.js';
import { hasEnded } from './process-group.js';
import { type ProcessOutcome, type ProcessRequest, runProcess } from './run-process.js';

let fixture: RunnerFixture;

beforeAll(async () => (fixture = await createRunnerFixture()));
afterEach(async () => expect(await fixture.survivors()).toEqual([]));
afterAll(() => fixture.remove());

const never = new AbortController().signal;

function bash(script: string, overrides: Partial<ProcessRequest> = {}, stop = never): Promise<ProcessOutcome> {
  const request: ProcessRequest = {
    command: '/bin/bash',
    args: ['-c', script],
    cwd: fixture.packDir,
    env: { PATH: process.env['PATH'] ?? '', ...fixture.mark },
    stdin: null,
    scratchDir: fixture.scratchDir,
    timeoutMs: 20_000,
    stdoutLimitBytes: 1024 * 1024,
    stderrLimitBytes: 1024 * 1024,
    killGraceMs: 300,
    strayGraceMs: 200,
    marks: [`SPEC_RUN=${fixture.mark['SPEC_RUN'] ?? ''}`],
    ...overrides,
  };
  return runProcess(request, fixture.launcher, stop);
}

describe('runProcess', () => {
  it('captures both streams and the exit code', async () => {
    expect(await bash('echo out; echo err >&2; exit 3')).toMatchObject({
      type: 'ran',
      end: { type: 'exited', code: 3 },
      stdout: { text: 'out\n', truncatedBytes: 0 },
      stderr: { text: 'err\n', truncatedBytes: 0 },
    });
  });

  it('gives the process streams it can open by name', async () => {
    const outcome = await bash('cat /dev/stdin > /dev/stdout; cat; echo problem > /dev/stderr', { stdin: 'hello\n' });
    expect(outcome).toMatchObject({ stdout: { text: 'hello\nhello\n' }, stderr: { text: 'problem\n' } });
  });

  it('has an empty stdin when there is nothing to say', async () => {
    expect(await bash('wc -c')).toMatchObject({ end: { type: 'exited', code: 0 }, stdout: { text: '0\n' } });
  });

  it('delivers more than a pipe holds', async () => {
    const text = 'abcdefghij'.repeat(200_000);
    const outcome = await bash('cat', { stdin: text, stdoutLimitBytes: 3_000_000 });
    expect(outcome.type === 'ran' && outcome.stdout.text === text).toBe(true);
  });

  it('does not mind a process that ignores its stdin', async () => {
    const outcome = await bash('exec <&-; echo done', { stdin: 'x'.repeat(1_000_000) });
    expect(outcome).toMatchObject({ end: { type: 'exited', code: 0 }, stdout: { text: 'done\n' } });
  });

  it('leads a process group of its own', async () => {
    const outcome = await bash('echo $$ $(ps -o pgid= -p $$)');
    const [pid, group] = outcome.type === 'ran' ? outcome.stdout.text.trim().split(/\s+/) : [];
    expect(pid).toBe(group);
    expect(Number(pid)).toBeGreaterThan(1);
  });

  it('tells a signal from an exit code', async () => {
    expect(await bash('kill -SEGV $$')).toMatchObject({ end: { type: 'signaled', signal: 11 } });
  });

  it('ends a whole group at the timeout when TERM is enough', async () => {
    const outcome = await bash('echo started; sleep 60 & sleep 60', { timeoutMs: 200, killGraceMs: 10_000 });
    expect(outcome).toMatchObject({ end: { type: 'timed-out' }, stdout: { text: 'started\n' } });
  });

  it('kills a group that ignores TERM', async () => {
    const outcome = await bash('trap "echo no" TERM; while true; do sleep 0.05; done', { timeoutMs: 200 });
    expect(outcome).toMatchObject({ end: { type: 'timed-out' } });
  });

  it('kills grandchildren that ignore TERM after their parent left', async () => {
    const outcome = await bash('(trap "" TERM; while true; do sleep 0.05; done) & wait', { timeoutMs: 200 });
    expect(outcome).toMatchObject({ end: { type: 'timed-out' } });
  });

  it('stops on request and reports how it ended', async () => {
    const stop = new AbortController();
    const running = bash('trap "echo bye; exit 7" TERM; touch up; while true; do sleep 0.02; done', {}, stop.signal);
    await fixture.appears('up');
    stop.abort('user');
    expect(await running).toMatchObject({ end: { type: 'stopped', code: 7 }, stdout: { text: 'bye\n' } });
  });

  it('does not start what was stopped before it began', async () => {
    const before = await fixture.openDescriptors();
    expect(await bash('touch begun', {}, AbortSignal.abort('user'))).toMatchObject({
      end: { type: 'stopped', code: -1 },
      durationMs: 0,
    });
    await expect(access(join(fixture.packDir, 'begun'))).rejects.toThrow('ENOENT');
    expect(await fixture.openDescriptors()).toBeLessThanOrEqual(before);
  });

  it('keeps the real end of a process that finished first', async () => {
    const stop = new AbortController();
    const running = bash('echo $$ > pid.new; mv pid.new pid; until [ -e go ]; do :; done; echo fast', {}, stop.signal);
    await fixture.appears('pid');
    const pid = Number(await readFile(join(fixture.packDir, 'pid'), 'utf8'));
    // From here to the stop nothing is awaited: the child has ended, and nobody here has heard of it yet.
    writeFileSync(join(fixture.packDir, 'go'), '');
    const deadline = performance.now() + 10_000;
    while (!hasEnded(pid)) if (performance.now() > deadline) throw new Error('the process does not end');
    stop.abort('user');
    expect(await running).toMatchObject({ end: { type: 'exited', code: 0 }, stdout: { text: 'fast\n' } });
  });

  it('kills what has left the group, at the timeout and on a stop', async () => {
    const escape = 'setsid bash -c \'trap "" TERM; touch escaped; while true; do sleep 0.05; done\' & sleep 60';
    expect(await bash(escape, { timeoutMs: 400 })).toMatchObject({ end: { type: 'timed-out' } });
    expect(await fixture.survivors()).toEqual([]);
    const stop = new AbortController();
    const running = bash(escape.replace('escaped', 'escaped-again'), {}, stop.signal);
    await fixture.appears('escaped-again');
    stop.abort('user');
    expect(await running).toMatchObject({ end: { type: 'stopped', code: 143 } });
    expect(await fixture.survivors()).toEqual([]);
  });

  it('does not wait for strays that hold its pipes', async () => {
    const outcome = await bash('echo early; (while [ ! -e leave ]; do sleep 0.02; done; echo late) & disown; exit 0');
    expect(outcome).toMatchObject({ end: { type: 'exited', code: 0 }, stdout: { text: 'early\n' } });
    expect(await fixture.survivors()).not.toEqual([]);
    await fixture.file('leave', '');
    await fixture.allGone();
  });

  it('bounds its memory for an endless line', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const outcome = await bash("head -c 50000000 /dev/zero | tr '\\0' x", { stdoutLimitBytes: 1_000_000 });
    expect(outcome).toMatchObject({ stdout: { truncatedBytes: 50_000_000 - (1_000_000 - 128) } });
    expect(outcome.type === 'ran' && outcome.stdout.text.length).toBeLessThanOrEqual(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('reports a command that cannot be started', async () => {
    expect(await bash('', { command: '/nowhere/at/all' })).toMatchObject({
      type: 'not-started',
      error: { code: 'ENOENT' },
    });
    expect(await bash('', { env: { BAD: 'a\0b' } })).toMatchObject({ type: 'not-started' });
  });

  it('runs many at once without mixing them up', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => bash('cat', { stdin: `number ${index}\n` })),
    );
    expect(outcomes.map((outcome) => outcome.type === 'ran' && outcome.stdout.text)).toEqual(
      Array.from({ length: 40 }, (_, index) => `number ${index}\n`),
    );
  });

  it('leaves no file descriptor open', async () => {
    await bash('true', { stdin: 'x' });
    const before = await fixture.openDescriptors();
    for (let index = 0; index < 10; index += 1) await bash('echo x', { stdin: 'x'.repeat(100_000) });
    await bash('', { command: '/nowhere/at/all' });
    expect(await fixture.openDescriptors()).toBeLessThanOrEqual(before);
  });
});
