import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiClient, operations } from '@attune/contract';
import { freePort, type ServiceProcess } from '@attune/testing';
import { Installation } from './harness/installation.js';
import { createScenario, execute, logIn, reaches, type Scenario } from './harness/scenario.js';

/** Two APIs, two executors and two workers on one database, which come and go. */
describe('two of each service', () => {
  let installation: Installation;
  let executors: ServiceProcess[];
  let one: ServiceProcess;
  let two: ServiceProcess;
  let secondApi: ServiceProcess;
  let scenario: Scenario;
  /** The same scenario by way of the second API. */
  let secondClient: ApiClient;
  let journal: string;
  /** While this file is there, `several.hold` runs. */
  let held: string;

  const startWorker = (name: string) =>
    installation.start('worker', { ATTUNE__WORKER__NAME: name, ATTUNE__WORKER__MAX_CONCURRENT_TASKS: '4' });
  /** Half of them through each API. */
  const post = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => scenario.post({ n }, n % 2 === 0 ? undefined : secondClient)));

  beforeAll(async () => {
    installation = await Installation.create({
      ATTUNE__EXECUTOR__MONITOR_INTERVAL: '1',
      ATTUNE__EXECUTOR__HEARTBEAT_TIMEOUT: '5',
      ATTUNE__WORKER__HEARTBEAT_INTERVAL: '1',
    });
    const port = await freePort();
    secondApi = await installation.start('api', { ATTUNE__SERVER__PORT: String(port) });
    executors = await Promise.all([installation.start('executor'), installation.start('executor')]);
    [one, two] = await Promise.all([startWorker('one'), startWorker('two')]);
    secondClient = await logIn(`http://127.0.0.1:${port}`, installation.credentials);
    journal = join(installation.folder, 'journal');
    held = join(installation.folder, 'held');
    await writeFile(journal, '');
    scenario = await createScenario(installation.url, installation.credentials, {
      name: 'several',
      actions: [
        { name: 'note', runtimeRef: 'core.shell', source: `echo "$ATTUNE_EXEC_ID" >> '${journal}'` },
        { name: 'hold', runtimeRef: 'core.shell', source: `while [ -e '${held}' ]; do sleep 0.1; done; echo released` },
      ],
      rules: [{ name: 'note', actionRef: 'several.note' }],
    });
  });

  afterAll(async () => {
    await rm(held, { force: true }); // lets go what a killed worker has left behind
    await installation.close();
  });

  it('share the work, and each execution starts once', async () => {
    const events = await post(60);
    await installation.expectOnce(events, ['several.note']);
    const started = (await readFile(journal, 'utf8')).trim().split('\n');
    expect(started).toHaveLength(events.length);
    expect(new Set(started).size).toBe(events.length);
    const workers = await installation.rows(`select distinct x.worker from execution as x where x.action_ref = $1`, [
      'several.note',
    ]);
    expect(workers).toHaveLength(2);
  });

  it('leave with exit code 0 when they are asked to in the middle of it, and nothing is lost', async () => {
    const posting = post(40);
    const codes = await Promise.all([...executors, one, two].map((service) => service.stop()));
    expect(codes).toEqual([0, 0, 0, 0]);
    const events = await posting;
    executors = await Promise.all([installation.start('executor'), installation.start('executor')]);
    [one, two] = await Promise.all([startWorker('one'), startWorker('two')]);
    await installation.expectOnce(events, ['several.note']);
    expect((await readFile(journal, 'utf8')).trim().split('\n')).toHaveLength(100);
  });

  it('know of each other: what one API accepts or cancels, the other one tells, and one may be killed', async () => {
    const [left, stopped] = [
      await execute(scenario.client, 'several.note'),
      await execute(secondClient, 'core.sleep', { seconds: 1000 }),
    ];
    await reaches(secondClient, left, 'completed');
    await reaches(scenario.client, stopped, 'running');
    await scenario.client.call(operations.cancelExecution, { params: { id: stopped } });
    await reaches(secondClient, stopped, 'cancelled');
    await secondApi.kill();
    await installation.expectOnce([await scenario.post({ n: 1 })], ['several.note']);
  });

  it('finish what runs when they are asked to leave', async () => {
    await two.stop();
    await writeFile(held, '');
    const running = await execute(scenario.client, 'several.hold');
    await reaches(scenario.client, running, 'running');
    const stopping = one.stop();
    await rm(held);
    expect(await stopping).toBe(0);
    const { status, result } = await scenario.client.call(operations.getExecution, {
      params: { id: running },
      query: {},
    });
    expect({ status, result }).toMatchObject({ status: 'completed', result: { stdout: 'released\n' } });
  });

  it('abandon what a killed worker ran, and run elsewhere what it had not begun', async () => {
    await writeFile(held, '');
    const single = { ATTUNE__WORKER__NAME: 'single', ATTUNE__WORKER__MAX_CONCURRENT_TASKS: '1' };
    const victim = await installation.start('worker', single);
    const running = await execute(scenario.client, 'several.hold');
    await reaches(scenario.client, running, 'running');
    const waiting = await execute(scenario.client, 'core.noop');
    await reaches(scenario.client, waiting, 'scheduled');

    await victim.kill();
    one = await startWorker('one');
    const abandoned = await reaches(scenario.client, running, 'abandoned');
    expect(abandoned.result).toMatchObject({ error: expect.stringContaining('worker became unavailable') as string });
    await reaches(scenario.client, waiting, 'completed');
    const ran = await installation.rows(
      `select w.name from execution as x join worker as w on w.id = x.worker where x.id = $1`,
      [waiting],
    );
    expect(ran).toEqual([{ name: 'one' }]);
  });
});
