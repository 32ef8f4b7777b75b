import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { access, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { PipePool } from './pipe-pool.js';
import { hasEnded } from './process-group.js';
import { ProcessLauncher } from './process-launcher.js';
import { type ProcessOutcome, type ProcessRequest, runProcess } from './run-process.js';
import { createRunnerFixture, type RunnerFixture, until } from './runner-fixture.js';

let fixture: RunnerFixture;
let launcher: ProcessLauncher;

beforeAll(async () => (fixture = await createRunnerFixture()));
beforeEach(() => (launcher = new ProcessLauncher(fixture.scratchDir, pino({ level: 'silent' }), 1)));
afterEach(async () => {
  await launcher.stop();
  expect(await fixture.survivors()).toEqual([]);
  expect((await readdir(fixture.scratchDir)).filter((name) => name.startsWith('stdin-'))).toEqual([]);
});
afterAll(() => fixture.remove());

const never = new AbortController().signal;

function bash(script: string, overrides: Partial<ProcessRequest> = {}, stop = never): Promise<ProcessOutcome> {
  return runProcess(request(script, overrides), launcher, stop);
}

function request(script: string, overrides: Partial<ProcessRequest> = {}): ProcessRequest {
  return {
    command: '/bin/bash',
    args: ['-c', script],
    cwd: fixture.packDir,
    env: { PATH: process.env['PATH'] ?? '', ...fixture.mark },
    stdin: null,
    scratchDir: fixture.scratchDir,
    timeoutMs: 20_000,
    stdoutLimitBytes: 1024 * 1024,
    stderrLimitBytes: 1024 * 1024,
    killGraceMs: 1_000,
    strayGraceMs: 200,
    marks: [`SPEC_RUN=${fixture.mark['SPEC_RUN'] ?? ''}`],
    ...overrides,
  };
}

async function launcherPid(): Promise<number> {
  const [pid] = await launcher.pids();
  if (pid === undefined) throw new Error('there is no launcher');
  return pid;
}

const KILLED = { type: 'ran', end: { type: 'signaled', signal: 9 } };

describe('ProcessLauncher', () => {
  it('starts processes by way of one other process', async () => {
    const pid = await launcherPid();
    const outcomes = await Promise.all([1, 2, 3].map(() => bash('echo $PPID; exit 7')));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ end: { type: 'exited', code: 7 }, stdout: { text: `${pid}\n` } });
    }
    expect(await launcherPid()).toBe(pid);
  });

  it('gives a process three descriptors and no more', async () => {
    const script = 'for n in {3..40}; do if [ -e /proc/$$/fd/$n ]; then readlink /proc/$$/fd/$n; fi; done; echo end';
    const outcomes = await Promise.all([1, 2, 3].map(() => bash(script, { stdin: 'x' })));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ stdout: { text: 'end\n' } });
  });

  it('hands over texts unchanged, however long', async () => {
    const text = 'a\n"ä\u{1F600}\\\t'.repeat(5_000);
    const args = ['-c', 'printf %s "$1" "$GIVEN"', 'bash', text];
    const outcome = await bash('', { args, env: { ...request('').env, GIVEN: text } });
    expect(outcome.type === 'ran' && outcome.stdout.text === text + text).toBe(true);
  });

  it('knows nothing of the worker', async () => {
    const directory = `/proc/${await launcherPid()}`;
    const environment = (await readFile(join(directory, 'environ'), 'utf8')).split('\0').filter((each) => each !== '');
    expect(environment).toEqual([`PATH=${process.env['PATH'] ?? ''}`]);
    expect(await readFile(join(directory, 'cmdline'), 'utf8')).toMatch(/launcher\.mjs\0$/);
  });

  it.each<[string, string, () => Partial<ProcessRequest>]>([
    ['no such program', 'ENOENT', () => ({ command: '/nowhere/at/all' })],
    ['no such directory', 'ENOENT', () => ({ cwd: '/nowhere/at/all' })],
    ['not executable', 'EACCES', () => ({ command: '/etc/passwd' })],
    ['too large an argument', 'E2BIG', () => ({ args: ['-c', 'true', 'x'.repeat(3_000_000)] })],
    ['too large an environment', 'E2BIG', () => ({ env: { BIG: 'x'.repeat(20_000_000) } })],
    ['no text for the system', 'ERR_INVALID_ARG_VALUE', () => ({ env: { BAD: 'a\0b' } })],
  ])('says of %s what this process would say', async (_case, code, overrides) => {
    const pid = await launcherPid();
    const outcome = await bash('true', { stdin: 'x', ...overrides() });
    expect(outcome).toMatchObject({ type: 'not-started', error: { code } });
    expect(await launcherPid()).toBe(pid);
    const stopped = new ProcessLauncher(fixture.scratchDir, pino({ level: 'silent' }));
    await stopped.stop();
    const direct = await runProcess(request('true', overrides()), stopped, never);
    const messageOf = (each: ProcessOutcome): string => (each.type === 'not-started' ? each.error.message : '');
    expect(messageOf(outcome)).toBe(messageOf(direct));
  });

  it('leaves no descriptor and no name behind', async () => {
    await bash('true', { stdin: 'x' });
    const open = await fixture.openDescriptors();
    const of = `/proc/${await launcherPid()}/fd`;
    const there = (await readdir(of)).length;
    for (const command of ['/bin/true', '/nowhere/at/all']) await bash('', { command, args: [], stdin: 'x' });
    expect((await readdir(of)).length).toBe(there);
    expect(await fixture.openDescriptors()).toBe(open);
  });

  it('is not ended by signals that everybody gets', async () => {
    const pid = await launcherPid();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await bash('trap; kill -TERM $$')).toMatchObject({ end: { type: 'signaled', signal: 15 } });
    expect(await launcherPid()).toBe(pid);
  });

  it('stops what was to be stopped while it was launched', async () => {
    const pid = await launcherPid();
    const stop = new AbortController();
    process.kill(pid, 'SIGSTOP');
    const open = await fixture.openDescriptors();
    const running = bash('sleep 60', {}, stop.signal);
    await until(async () => (await fixture.openDescriptors()) >= open + 2);
    stop.abort('user');
    process.kill(pid, 'SIGCONT');
    expect(await running).toMatchObject({ end: { type: 'stopped', code: 143 } });
  });
});

describe('when the launcher dies', () => {
  it('kills what it had started, and starts another one', async () => {
    const pid = await launcherPid();
    const escape = 'setsid bash -c \'trap "" TERM; touch away; while true; do sleep 0.05; done\' & ';
    const running = [
      bash(`trap "" TERM; echo early; ${escape} touch one; while true; do sleep 0.05; done`),
      bash('touch two; sleep 60'),
    ];
    await Promise.all(['one', 'two', 'away'].map((name) => fixture.appears(name)));
    process.kill(pid, 'SIGKILL');
    const [one, two] = await Promise.all(running);
    expect(one).toMatchObject({ ...KILLED, stdout: { text: 'early\n' } });
    expect(two).toMatchObject(KILLED);
    await fixture.allGone();
    expect(await bash('echo $PPID')).toMatchObject({ stdout: { text: `${await launcherPid()}\n` } });
    expect(await launcherPid()).not.toBe(pid);
  });

  it('kills by its marks what it may have started, and starts nothing twice', async () => {
    const pid = await launcherPid();
    const started = spawn('/bin/bash', ['-c', 'sleep 60'], { detached: true, env: { ...request('').env } });
    const ended = new Promise((resolve) => started.once('exit', (_code, signal) => resolve(signal)));
    await until(async () => (await fixture.survivors()).length > 0);
    process.kill(pid, 'SIGSTOP');
    const open = await fixture.openDescriptors();
    const running = bash('touch begun', { stdin: 'x' });
    await until(async () => (await fixture.openDescriptors()) >= open + 2);
    process.kill(pid, 'SIGKILL');
    expect(await running).toMatchObject(KILLED);
    expect(await ended).toMatch(/^SIG(TERM|KILL)$/);
    await expect(access(join(fixture.packDir, 'begun'))).rejects.toThrow('ENOENT');
  });
});

describe('when one launcher cannot keep up', () => {
  const parentsOf = (outcomes: readonly ProcessOutcome[]): Set<number> =>
    new Set(outcomes.map((outcome) => Number(outcome.type === 'ran' ? outcome.stdout.text : '')));

  it('starts processes by way of several, one for each processor at most', async () => {
    launcher = new ProcessLauncher(fixture.scratchDir, pino({ level: 'silent' }), 2);
    await until(async () => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => bash('echo $PPID')));
      const parents = parentsOf(outcomes);
      expect([...parents].every((pid) => pid > 0)).toBe(true);
      return parents.size === 2;
    });
    const pids = await launcher.pids();
    expect(pids).toHaveLength(2);
    const [first, second] = pids as [number, number];

    // Each with a mark of its own, as executions have: what is swept up after one launcher must spare the other's.
    const running = ['one', 'two'].map((name) => {
      const { env, marks } = request('');
      const own = { env: { ...env, SPEC_PART: name }, marks: [...marks, `SPEC_PART=${name}`] };
      return bash(`touch ${name}; sleep 60`, own);
    });
    await Promise.all(['one', 'two'].map((name) => fixture.appears(name)));
    process.kill(second, 'SIGKILL');
    await until(async () => (await launcher.pids()).length === 1);
    const outcomes = await Promise.all(Array.from({ length: 3 }, () => bash('echo $PPID')));
    expect(parentsOf(outcomes).has(first)).toBe(true);
    process.kill(first, 'SIGKILL');
    for (const outcome of await Promise.all(running)) expect(outcome).toMatchObject(KILLED);
  });

  it('needs only one for processes one after the other', async () => {
    launcher = new ProcessLauncher(fixture.scratchDir, pino({ level: 'silent' }), 2);
    for (let run = 0; run < 5; run += 1) await bash('true');
    expect(await launcher.pids()).toHaveLength(1);
  });
});

describe('without a launcher', () => {
  it('starts processes directly and says so once', async () => {
    const lines: string[] = [];
    launcher = new ProcessLauncher(fixture.scratchDir, pino({ level: 'warn' }, { write: (line) => lines.push(line) }));
    const { execPath } = process;
    process.execPath = '/nowhere/at/all';
    try {
      for (let run = 0; run < 3; run += 1) {
        const outcome = await bash('cat; echo $PPID > /dev/stderr; exit 3', { stdin: 'given' });
        expect(outcome).toMatchObject({
          end: { type: 'exited', code: 3 },
          stdout: { text: 'given' },
          stderr: { text: `${process.pid}\n` },
        });
      }
    } finally {
      process.execPath = execPath;
    }
    expect(lines).toEqual([expect.stringContaining('no launcher of processes')]);
  });
});

describe('when the worker dies', () => {
  it('leaves, and what it has started goes on', async () => {
    const pool = new PipePool(fixture.scratchDir);
    const [answers, stdout, stderr] = [await pool.open(), await pool.openNamed(), await pool.openNamed()];
    const program = fileURLToPath(new URL('../../hosts/launcher.mjs', import.meta.url));
    const stdio = ['ignore', 'inherit', 'inherit', 'pipe', answers.writeFd] as const;
    const child: ChildProcess = spawn(process.execPath, [program], { stdio: [...stdio] });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const { args, command, cwd, env } = request('echo $$ > pid.new; mv pid.new pid; sleep 60');
    const line = { id: 1, args, command, cwd, env, stdin: null, stdout: stdout.name, stderr: stderr.name };
    const requests = child.stdio[3] as Writable;
    requests.write(`${JSON.stringify(line)}\n`);
    await fixture.appears('pid');
    requests.end();
    expect(await exited).toBe(0);
    const pid = Number(await readFile(join(fixture.packDir, 'pid'), 'utf8'));
    expect(hasEnded(pid)).toBe(false);
    process.kill(-pid, 'SIGKILL');
    await fixture.allGone();
    for (const fd of [answers.readFd, answers.writeFd, stdout.readFd, stderr.readFd]) closeSync(fd);
  });
});

describe('at the end of the worker', () => {
  it('leaves nothing', async () => {
    const before = await fixture.openDescriptors();
    const pid = await launcherPid();
    await bash('true');
    await launcher.stop();
    await until(() => Promise.resolve(hasEnded(pid)));
    await until(async () => (await fixture.openDescriptors()) <= before);
    expect(await launcher.pids()).toEqual([]);
  });
});
