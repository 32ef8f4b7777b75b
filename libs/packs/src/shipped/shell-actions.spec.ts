import { existsSync } from 'node:fs';
import { dotenv, runScript, type ScriptOutcome } from '../../testing/run-script.js';

const run = (action: string, parameters: Parameters<typeof dotenv>[0]): Promise<ScriptOutcome> =>
  runScript('/bin/bash', `core/actions/${action}.sh`, dotenv(parameters));

const MARK = '/tmp/attune-evaluated-a-parameter';

describe('core.echo', () => {
  it.each([
    ['plain', 'hello'],
    ['nothing', ''],
    ['quotes', `it's "quoted"''`],
    ['only quotes', "'''"],
    ['backslashes', 'a\\b\\\\c\\'],
    ['a quote after a backslash', "a\\'b"],
    ['several lines', 'one\ntwo\n\nthree'],
    ['a line that looks like a parameter', "one\nmessage='two'\nexit_code='3'"],
    ['spaces at the ends', '  padded\t'],
    ['commands', `$(touch ${MARK}) \`touch ${MARK}\` ; touch ${MARK} && \${HOME}`],
    ['a format of printf', '%s %d %n -n -e \\n'],
    ['an option', '-e'],
    ['other alphabets', 'grüße 日本語 🎉'],
    ['much', 'ä'.repeat(300_000)],
  ])('prints %s as it is, without a line break', async (_what, message) => {
    expect(await run('echo', { message })).toEqual({ exitCode: 0, stdout: message, stderr: '' });
    expect(existsSync(MARK)).toBe(false);
  });

  it.each([
    ['no input', ''],
    ['an empty line', '\n'],
    ['no message', "other='x'\n"],
  ])('prints nothing for %s', async (_what, input) => {
    expect(await runScript('/bin/bash', 'core/actions/echo.sh', input)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  it.each([
    [`x$(touch ${MARK})`],
    [`a[$(touch ${MARK})]`],
    [`message;touch ${MARK};x`],
    ['PATH'],
    ['BASH_ENV'],
    ['IFS'],
    ['a.b'],
    ['1'],
    [''],
    ['a b'],
    ['ä'],
  ])('is not disturbed by a parameter called %j', async (name) => {
    expect(await run('echo', { [name]: 'value', message: 'hello' })).toEqual({
      exitCode: 0,
      stdout: 'hello',
      stderr: '',
    });
    expect(existsSync(MARK)).toBe(false);
  });

  it('does without the last line break', async () => {
    expect(await runScript('/bin/bash', 'core/actions/echo.sh', "message='hello'")).toMatchObject({ stdout: 'hello' });
  });
});

describe('core.noop', () => {
  const DONE = 'No operation completed successfully\n';

  it.each<[Parameters<typeof dotenv>[0], number, string]>([
    [{}, 0, DONE],
    [{ message: 'hi there', exit_code: 0 }, 0, `[NOOP] hi there\n${DONE}`],
    [{ message: '', exit_code: '' }, 0, DONE],
    [{ exit_code: 3 }, 3, DONE],
    [{ exit_code: 255 }, 255, DONE],
    [{ exit_code: '010' }, 10, DONE],
  ])('does nothing with %j', async (parameters, exitCode, stdout) => {
    expect(await run('noop', parameters)).toEqual({ exitCode, stdout, stderr: '' });
  });

  it.each([['256'], ['-1'], ['1.5'], ['abc'], ['1; exit 7'], ['99999999999999999999'], ['a[$(exit 9)]']])(
    'refuses the exit code %s',
    async (exit_code) => {
      const { exitCode, stdout, stderr } = await run('noop', { exit_code, message: 'not printed' });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain('exit_code must be a whole number from 0 to 255');
    },
  );
});

describe('core.sleep', () => {
  it.each<[Parameters<typeof dotenv>[0], string]>([
    [{ seconds: 0 }, 'Slept for 0 seconds\n'],
    [{ seconds: 0, message: "let's wait" }, "let's wait\nSlept for 0 seconds\n"],
    [{}, 'Slept for 1 seconds\n'],
  ])('waits with %j', async (parameters, stdout) => {
    expect(await run('sleep', parameters)).toEqual({ exitCode: 0, stdout, stderr: '' });
  });

  it.each([['3601'], ['-1'], ['0.5'], ['soon'], ['1d']])('refuses %s seconds', async (seconds) => {
    const { exitCode, stdout, stderr } = await run('sleep', { seconds });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('seconds must be a whole number from 0 to 3600');
  });
});
