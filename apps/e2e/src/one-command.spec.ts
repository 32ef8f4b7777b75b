import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from '@attune/contract';
import { eventually, freePort, runCli, startProduct } from '@attune/testing';
import { createScenario, executionsOf, logIn } from './harness/scenario.js';

describe('attune up', () => {
  let dataDir: string;
  let port: number;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'attune-up-'));
    port = await freePort();
  });

  afterEach(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  it('goes from nothing to a finished execution, stops on Ctrl-C and keeps everything for the next start', async () => {
    const first = await startProduct({ dataDir, port });
    const scenario = await createScenario(first.url, await first.credentials(), {
      name: 'lasting',
      rules: [
        { name: 'greet', actionRef: 'core.echo', parameters: { message: 'hello {{ event.payload.name }}' } },
        {
          name: 'other',
          actionRef: 'core.noop',
          conditions: [{ field: 'name', operator: 'equals', value: 'nobody' }],
        },
      ],
    });
    const eventId = await scenario.post({ name: 'Ada' });
    const [execution] = await executionsOf(scenario.client, eventId, 1);
    expect(execution).toMatchObject({ action_ref: 'core.echo', status: 'completed' });
    expect((await stat(join(dataDir, 'credentials.json'))).mode & 0o777).toBe(0o600);

    const stopped = await first.interrupt();
    expect(stopped.code).toBe(0);
    expect(stopped.tookMs).toBeLessThan(10_000);

    const second = await startProduct({ dataDir, port });
    const client = await logIn(second.url, await second.credentials());
    const read = await client.call(operations.getExecution, { params: { id: execution!.id }, query: {} });
    expect(read).toMatchObject({ status: 'completed', result: { stdout: 'hello Ada', exit_code: 0, succeeded: true } });
    await second.interrupt();
  });

  it('says so and leaves when it already runs on the same data directory', async () => {
    const running = await startProduct({ dataDir, port });
    const other = await runCli(['up'], { dataDir, port: await freePort() });
    expect(other.code).toBe(1);
    expect(other.output).toMatch(/already running/);
    expect(other.output).toContain(String(running.pid));
    await running.interrupt();
  });

  it('leaves nothing behind when it is killed, and starts again', async () => {
    const first = await startProduct({ dataDir, port });
    await first.kill();
    await eventually(async () => {
      await expect(fetch(`${first.url}/health/live`)).rejects.toThrow();
    }, 20_000);
    const second = await startProduct({ dataDir, port });
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
    await second.interrupt();
  });

  describe('says in one line what is wrong with', () => {
    const expectRefusal = async (environment: Record<string, string>, message: RegExp) => {
      const result = await runCli(['up'], { dataDir, port, environment });
      expect(result.code).toBe(1);
      expect(result.output).toMatch(message);
      expect(result.output).not.toMatch(/^\s+at /m);
    };

    it('a port that is taken', async () => {
      const blocker = createServer();
      await new Promise<void>((done) => blocker.listen(port, '0.0.0.0', done));
      await expectRefusal({}, /port \d+ .*(in use|taken)/i);
      blocker.close();
    });

    it('every setting at once', () =>
      expectRefusal({ ATTUNE__LOG__LEVEL: 'loud', ATTUNE__NO__SUCH: '1' }, /log\.level: .*\n.*no: unknown setting/));

    it('a database that cannot be reached', async () =>
      expectRefusal(
        { ATTUNE__DATABASE__URL: `postgres://a:b@127.0.0.1:${await freePort()}/attune` },
        /cannot reach the database at 127\.0\.0\.1:\d+/,
      ));

    it('a data directory that cannot be written', async () => {
      await writeFile(join(dataDir, 'file'), '');
      await expectRefusal({ ATTUNE__DATA_DIR: join(dataDir, 'file', 'inside') }, /data directory/);
    });
  });
});
