import { callFunction } from '../../testing/call-function.js';
import { type ScriptOutcome } from '../../testing/run-script.js';

const run = (action: string, parameters: object): Promise<ScriptOutcome> =>
  callFunction(`core/actions/${action}.mjs`, parameters);

describe('core.echo', () => {
  it.each([
    ['plain', 'hello'],
    ['nothing', ''],
    ['quotes', `it's "quoted"''`],
    ['several lines', 'one\ntwo\n\nthree'],
    ['spaces at the ends', '  padded\t'],
    ['commands', '$(touch /tmp/x) `touch /tmp/x` ; touch /tmp/x && ${HOME}'],
    ['other alphabets', 'grüße 日本語 🎉'],
    ['much', 'ä'.repeat(300_000)],
  ])('gives %s as it is, without a line break', async (_what, message) => {
    expect(await run('echo', { message })).toEqual({ exitCode: 0, stdout: message, stderr: '' });
  });

  it.each([
    [{}, ''],
    [{ message: null }, ''],
    [{ other: 'x' }, ''],
    [{ message: 5 }, '5'],
    [{ message: { a: [1] } }, '{"a":[1]}'],
  ])('gives for %j %j', async (parameters, stdout) => {
    expect(await run('echo', parameters)).toEqual({ exitCode: 0, stdout, stderr: '' });
  });
});

describe('core.noop', () => {
  const DONE = 'No operation completed successfully\n';

  it.each<[object, number, string]>([
    [{}, 0, DONE],
    [{ message: 'hi there', exit_code: 0 }, 0, `[NOOP] hi there\n${DONE}`],
    [{ message: '', exit_code: '' }, 0, DONE],
    [{ message: null, exit_code: null }, 0, DONE],
    [{ exit_code: 3 }, 3, DONE],
    [{ exit_code: 255 }, 255, DONE],
    [{ exit_code: '010' }, 10, DONE],
  ])('does nothing with %j', async (parameters, exitCode, stdout) => {
    expect(await run('noop', parameters)).toEqual({ exitCode, stdout, stderr: '' });
  });

  it.each([[256], [-1], [1.5], ['abc'], ['1; exit 7'], ['99999999999999999999'], [true], [{}]])(
    'refuses the exit code %j',
    async (exit_code) => {
      const text = typeof exit_code === 'string' ? exit_code : JSON.stringify(exit_code);
      expect(await run('noop', { exit_code, message: 'not printed' })).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `exit_code must be a whole number from 0 to 255, not '${text}'\n`,
      });
    },
  );
});

describe('core.sleep', () => {
  it.each<[object, string]>([
    [{ seconds: 0 }, 'Slept for 0 seconds\n'],
    [{ seconds: 0, message: "let's wait" }, "let's wait\nSlept for 0 seconds\n"],
    [{}, 'Slept for 1 seconds\n'],
  ])('waits with %j', async (parameters, stdout) => {
    expect(await run('sleep', parameters)).toEqual({ exitCode: 0, stdout, stderr: '' });
  });

  it.each([[3601], [-1], [0.5], ['soon'], ['1d']])('refuses %j seconds', async (seconds) => {
    const { exitCode, stdout, stderr } = await run('sleep', { seconds });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('seconds must be a whole number from 0 to 3600');
  });
});
