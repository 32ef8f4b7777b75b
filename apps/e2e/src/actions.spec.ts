import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiClient, operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { Installation } from './harness/installation.js';
import { createScenario, execute, logIn, reaches } from './harness/scenario.js';

describe('actions', () => {
  let installation: Installation;
  let client: ApiClient;

  beforeAll(async () => {
    installation = await Installation.create({ ATTUNE__WORKER__TASK_TIMEOUT: '2' });
    await Promise.all([installation.start('executor'), installation.start('worker')]);
    client = await logIn(installation.url, installation.credentials);
  });

  afterAll(() => installation.close());

  it.each([
    ['Python', 'examples.greet', { name: 'Ada' }, { message: 'Hello, Ada!', length: 11 }],
    [
      'Node',
      'examples.word_count',
      { text: 'to be or not to be', top: 0 },
      { words: 6, lines: 1, characters: 18, top: [] },
    ],
    ['Node as a function', 'examples.slug', { text: 'Grüße, Welt!' }, { slug: 'grusse-welt', words: 2 }],
    ['Python as a function', 'examples.average', { numbers: [1, 2, 6] }, { mean: 3, median: 2, count: 3 }],
    ['shell', 'examples.disk_usage', { path: '/' }, { used_percent: expect.any(Number) as number }],
  ])('of a pack run in %s and give their result as data', async (_, action, parameters, data) => {
    const id = await execute(client, action, parameters);
    const { result } = await reaches(client, id, 'completed');
    expect(result).toMatchObject({ succeeded: true, exit_code: 0, data });
  });

  it('whose source came over the API run in shell, Python and Node', async () => {
    await createScenario(installation.url, installation.credentials, {
      name: 'inline',
      actions: [
        { name: 'shell', runtimeRef: 'core.shell', source: 'echo "shell $who"' },
        {
          name: 'python',
          runtimeRef: 'core.python',
          source: 'import json, sys\nprint("python", json.load(sys.stdin)["who"])',
        },
        {
          name: 'node',
          runtimeRef: 'core.nodejs',
          source:
            "import { text } from 'node:stream/consumers';\nconsole.log('node', JSON.parse(await text(process.stdin)).who);",
        },
        { name: 'failing', runtimeRef: 'core.shell', source: 'echo "no such host" >&2; exit 3' },
      ],
    });
    for (const language of ['shell', 'python', 'node']) {
      const id = await execute(client, `inline.${language}`, { who: 'Ada' });
      expect((await reaches(client, id, 'completed')).result).toMatchObject({ stdout: `${language} Ada\n` });
    }
    const failed = await reaches(client, await execute(client, 'inline.failing'), 'failed');
    expect(failed.result).toMatchObject({
      exit_code: 3,
      succeeded: false,
      error: expect.stringContaining('no such host') as string,
    });
  });

  it('that take too long are stopped with all they have started', async () => {
    const pidFile = join(installation.folder, 'child.pid');
    await createScenario(installation.url, installation.credentials, {
      name: 'slow',
      actions: [
        {
          name: 'forever',
          runtimeRef: 'core.shell',
          source: `sh -c 'trap "" TERM; while :; do sleep 1; done' & echo $! > '${pidFile}'; wait`,
        },
      ],
    });
    const { result } = await reaches(client, await execute(client, 'slow.forever'), 'failed');
    expect(result).toMatchObject({ timed_out: true });
    const child = Number(await readFile(pidFile, 'utf8'));
    await eventually(() => expect(() => process.kill(child, 0)).toThrow('ESRCH'));
  });

  it('are stopped when they are cancelled', async () => {
    const id = await execute(client, 'core.sleep', { seconds: 1000 });
    await reaches(client, id, 'running');
    await client.call(operations.cancelExecution, { params: { id } });
    await reaches(client, id, 'cancelled');
  });

  it('whose file is gone fail and say so', async () => {
    await rm(join(installation.folder, 'packs/examples/actions/greet.py'));
    const { result } = await reaches(client, await execute(client, 'examples.greet', { name: 'Ada' }), 'failed');
    expect(result).toMatchObject({ error: expect.stringContaining('greet.py') as string });
  });
});
