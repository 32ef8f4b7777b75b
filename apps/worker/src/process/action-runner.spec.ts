import { mkdir, readFile, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { NATIVE_EXECUTION, parseExecutionConfig } from '../runtimes/execution-config.js';
import { type ActionInvocation } from './action-invocation.js';
import { type StreamName } from './bounded-capture.js';
import { type RunnerOptions, type StopReason } from './action-runner.js';
import { type RunOutcome } from './execution-result.js';
import { type RunnerFixture, SHELL, createRunnerFixture, invocation } from './runner-fixture.js';

let fixture: RunnerFixture;

beforeAll(async () => (fixture = await createRunnerFixture()));
afterEach(async () => {
  expect(await fixture.survivors()).toEqual([]);
  // Only pipes that wait for their turn stay behind: no source, no parameters.
  expect((await readdir(fixture.scratchDir)).filter((name) => !name.startsWith('pipe-'))).toEqual([]);
});
afterAll(() => fixture.remove());

function run(
  overrides: Partial<ActionInvocation>,
  options?: Partial<RunnerOptions>,
  stop = new AbortController().signal,
): Promise<RunOutcome> {
  return fixture.runner(options).run(invocation({ packDir: fixture.packDir, ...overrides }), stop);
}

function runInline(source: string, overrides: Partial<ActionInvocation> = {}): Promise<RunOutcome> {
  return run({ isInline: true, entryPoint: source, ...overrides });
}

function textOf({ result }: RunOutcome, stream: StreamName): string {
  const text = result[stream];
  if (typeof text !== 'string') throw new Error(`no ${stream}`);
  return text;
}

const stdoutOf = async (outcome: Promise<RunOutcome>): Promise<unknown> => (await outcome).result['stdout'];

describe('a file of a pack', () => {
  it('runs in the pack directory and gets its parameters on stdin', async () => {
    await fixture.file('actions/run.sh', 'pwd; cat', 0o644);
    expect(await run({ parameters: { name: 'x' } })).toEqual({
      status: 'completed',
      result: {
        exit_code: 0,
        duration_ms: expect.any(Number) as number,
        succeeded: true,
        stdout: `${fixture.packDir}\n{"name":"x"}\n`,
      },
    });
  });

  it('is executed itself when its runtime has no interpreter', async () => {
    await fixture.file('actions/native.sh', '#!/bin/sh\necho "$0 $#"; cat');
    const native = { execution: NATIVE_EXECUTION, entryPoint: 'native.sh', parameters: { a: 1 } };
    expect(await stdoutOf(run(native))).toBe(`${fixture.packDir}/actions/native.sh 0\n{"a":1}\n`);
  });

  it('may lie in a directory below actions', async () => {
    await fixture.file('actions/lib/deep.sh', 'echo deep');
    expect(await stdoutOf(run({ entryPoint: 'lib/deep.sh' }))).toBe('deep\n');
  });

  it('gets the arguments of its interpreter first', async () => {
    await fixture.file('actions/args.sh', 'echo "$-"');
    const execution = parseExecutionConfig({ interpreter: { binary: 'bash', args: ['-u', '-e'] } });
    expect(await stdoutOf(run({ execution, entryPoint: 'args.sh' }))).toMatch(/e.*u/);
  });

  it('runs with the interpreter of its environment where one was built', async () => {
    await fixture.file('actions/which.sh', 'echo plain');
    await fixture.file('env/bin/shell', '#!/bin/sh\necho isolated');
    const execution = { ...SHELL, environment: { interpreter_path: '{env_dir}/bin/shell' } };
    const environmentDir = join(fixture.packDir, 'env');
    expect(await stdoutOf(run({ execution, entryPoint: 'which.sh', environmentDir }))).toBe('isolated\n');
    expect(await stdoutOf(run({ execution, entryPoint: 'which.sh' }))).toBe('plain\n');
  });

  it('gets a file of parameters when it asks for one', async () => {
    const script =
      'stat -c %a "$ATTUNE_PARAMETER_FILE"; cat "$ATTUNE_PARAMETER_FILE"; wc -c; echo "$ATTUNE_PARAMETER_FILE" >&2';
    await fixture.file('actions/file.sh', script);
    const outcome = await run({
      entryPoint: 'file.sh',
      parameterDelivery: 'file',
      parameterFormat: 'yaml',
      parameters: { a: [1] },
    });
    expect(outcome.result['stdout']).toBe('400\na:\n  - 1\n0\n');
    await expect(stat(textOf(outcome, 'stderr').trim())).rejects.toThrow('ENOENT');
  });

  it('sees the platform, its runtime and its execution in the environment, and nothing of the worker', async () => {
    await fixture.file('actions/env.sh', 'env | grep -v -e ^PATH= -e ^SPEC_RUN= -e ^_= -e ^SHLVL= -e ^PWD= | sort');
    process.env['WORKER_SECRET'] = 'hidden';
    const outcome = await run({
      entryPoint: 'env.sh',
      parameters: { password: 'hunter2' },
      parameterFormat: 'dotenv',
      platformVariables: { ATTUNE_API_URL: 'http://127.0.0.1:8080' },
      executionVariables: { MODE: 'fast', ATTUNE_ACTION: 'forged' },
      execution: parseExecutionConfig({ interpreter: { binary: 'bash' }, env_vars: { LIB: '{pack_dir}/lib' } }),
    });
    expect(textOf(outcome, 'stdout').trim().split('\n')).toEqual([
      'ATTUNE_ACTION=demo.run',
      'ATTUNE_API_URL=http://127.0.0.1:8080',
      'ATTUNE_EXEC_ID=4711',
      'ATTUNE_PACK_REF=demo',
      'ATTUNE_PARAMETER_DELIVERY=stdin',
      'ATTUNE_PARAMETER_FORMAT=dotenv',
      `LIB=${fixture.packDir}/lib`,
      'MODE=fast',
    ]);
  });
});

describe('an inline source', () => {
  it('finds its parameters in variables that its children do not see', async () => {
    const source = 'echo "$PARAM_GREETING|$greeting|$PARAM_LIST"; env | grep -c -i greeting; wc -c';
    const parameters = { greeting: `it's "$HOME" \`id\``, list: [1, 2] };
    expect(await stdoutOf(runInline(source, { parameters }))).toBe(
      `it's "$HOME" \`id\`|it's "$HOME" \`id\`|[1,2]\n0\n0\n`,
    );
  });

  it('is a private file with the extension of its runtime', async () => {
    expect(await stdoutOf(runInline('echo "${0##*.}"; stat -c %a "$0"'))).toBe('sh\n600\n');
  });

  it('gets its parameters on stdin when its runtime injects none', async () => {
    const execution = parseExecutionConfig({ interpreter: { binary: 'bash' }, inline_execution: { extension: 'sh' } });
    expect(await stdoutOf(runInline('cat', { execution, parameters: { a: 1 } }))).toBe('{"a":1}\n');
  });

  it('does not need a directory of its pack', async () => {
    const outcome = await runInline('echo ok', { packDir: join(fixture.packDir, '..', 'no-files') });
    expect(outcome).toMatchObject({ status: 'completed', result: { stdout: 'ok\n' } });
  });

  it('succeeds when it is empty', async () => {
    expect(await runInline(' \n')).toEqual({
      status: 'completed',
      result: { exit_code: 0, duration_ms: 0, succeeded: true },
    });
  });

  it('runs in another language', async () => {
    const execution = parseExecutionConfig({ interpreter: { binary: 'node', file_extension: '.mjs' } });
    const source = `
      import { readFileSync } from 'node:fs';
      const { a, b } = JSON.parse(readFileSync(0, 'utf8'));
      console.log(JSON.stringify({ sum: a + b }));`;
    const outcome = await runInline(source, { execution, parameters: { a: 1, b: 2 }, outputFormat: 'json' });
    expect(outcome).toMatchObject({ status: 'completed', result: { data: { sum: 3 } } });
  });
});

describe('an action that cannot be started', () => {
  const failure = (error: string | RegExp): RunOutcome => ({
    status: 'failed',
    result: { succeeded: false, error: expect.stringMatching(error) as string },
  });

  it('has no file', async () => {
    expect(await run({ entryPoint: 'absent.sh' })).toEqual(failure(/^Action file not found: .*absent\.sh$/));
    expect(await run({ entryPoint: 'run.sh', packDir: join(fixture.packDir, '..', 'absent') })).toEqual(
      failure(/^Action file not found/),
    );
  });

  it('points at a directory', async () => {
    await mkdir(join(fixture.packDir, 'actions', 'folder'), { recursive: true });
    expect(await run({ entryPoint: 'folder' })).toEqual(failure(/is not a file/));
  });

  it('leaves its pack', async () => {
    await fixture.file('../outside.sh', 'echo out');
    await symlink(join(fixture.packDir, '..', 'outside.sh'), join(fixture.packDir, 'actions', 'link.sh'));
    for (const entryPoint of ['../../outside.sh', '/bin/ls', 'link.sh', '..', '../../demo-other/x']) {
      expect(await run({ entryPoint })).toEqual(failure(/leaves its pack/));
    }
  });

  it('has no interpreter', async () => {
    await fixture.file('actions/x.cob', '');
    const execution = parseExecutionConfig({ interpreter: { binary: 'cobol-of-nowhere' } });
    expect(await run({ entryPoint: 'x.cob', execution })).toEqual(failure('^Interpreter not found: cobol-of-nowhere$'));
  });

  it('is not executable', async () => {
    await fixture.file('actions/plain.txt', 'text', 0o644);
    expect(await run({ entryPoint: 'plain.txt', execution: NATIVE_EXECUTION })).toEqual(failure(/not executable/));
  });

  it('names a program that does not exist', async () => {
    await fixture.file('actions/shebang', '#!/nowhere/at/all\n');
    expect(await run({ entryPoint: 'shebang', execution: NATIVE_EXECUTION })).toEqual(failure(/does not exist/));
  });

  it('has a variable no process can have', async () => {
    await fixture.file('actions/run.sh', 'true');
    expect(await run({ executionVariables: { X: 'a\0b' } })).toEqual(failure(/^Could not start/));
  });
});

describe('an end that is not its own', () => {
  it('is a timeout', async () => {
    const outcome = await runInline('echo begun; sleep 60 & wait', { timeoutSeconds: 0.3 });
    expect(outcome).toEqual({
      status: 'failed',
      result: {
        succeeded: false,
        exit_code: -1,
        error: 'Execution timed out after 0.3 seconds',
        timed_out: true,
        duration_ms: expect.any(Number) as number,
        stdout: 'begun\n',
      },
    });
  });

  it('takes with it what has left the process group', async () => {
    const outcome = await runInline('setsid sleep 60 & wait', { timeoutSeconds: 0.3 });
    expect(outcome.result['timed_out']).toBe(true);
    expect(await fixture.survivors()).toEqual([]);
  });

  it('may come before its start', async () => {
    await fixture.file('actions/late.sh', 'touch started');
    const outcome = await run({ entryPoint: 'late.sh' }, {}, AbortSignal.abort('user'));
    expect(outcome).toEqual({
      status: 'cancelled',
      result: {
        succeeded: false,
        cancelled: true,
        exit_code: -1,
        duration_ms: 0,
        error: 'Execution cancelled by user',
      },
    });
    await expect(stat(join(fixture.packDir, 'started'))).rejects.toThrow('ENOENT');
  });

  it.each<[StopReason, Partial<RunOutcome>]>([
    [
      'user',
      {
        status: 'cancelled',
        result: { succeeded: false, cancelled: true, exit_code: 143, error: 'Execution cancelled by user' },
      },
    ],
    ['shutdown', { status: 'abandoned', result: { succeeded: false, exit_code: 143 } }],
  ])('is a stop for %s', async (reason, expected) => {
    const stop = new AbortController();
    const running = run({ isInline: true, entryPoint: `touch up-${reason}; sleep 60` }, {}, stop.signal);
    await fixture.appears(`up-${reason}`);
    stop.abort(reason);
    expect(await running).toMatchObject(expected);
  });

  it('is a signal', async () => {
    expect(await runInline('kill -KILL $$')).toMatchObject({
      status: 'failed',
      result: { exit_code: 137, error: 'Process killed by signal 9' },
    });
  });
});

it('never writes parameters where other users could read them', async () => {
  const source = 'ls -ld "$(dirname "$0")"; ls -l "$0"';
  const text = String(await stdoutOf(runInline(source, { parameters: { password: 'hunter2' } })));
  expect(text.split('\n').filter((line) => line !== '' && !/^.rw.------|^drwx------/.test(line))).toEqual([]);
  expect(await readFile('/proc/self/cmdline', 'utf8')).not.toContain('hunter2');
});
