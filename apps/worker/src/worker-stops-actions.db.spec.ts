import { CHANNEL, execute, sql } from '@attune/common';
import { eventually } from '@attune/testing';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasEnded } from './process/process-group.js';
import { until } from './process/runner-fixture.js';
import { createWorkerFixture, type WorkerFixture } from './worker-fixture.js';

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await createWorkerFixture();
  const parent = join(fixture.directory, 'parent');
  await fixture.action({
    ref: 'demo.orphan',
    entrypoint: `echo $PPID > ${parent}.new; mv ${parent}.new ${parent}; sleep 60`,
  });
  const varied = join(fixture.directory, 'varied');
  const script = `echo >> '${varied}'; read parameters; case $parameters in *long*) sleep 60; esac`;
  await fixture.file('actions/varies', `#!/bin/sh\n${script}\n`);
  await fixture.action({ ref: 'demo.varies', entrypoint: 'varies', is_adhoc: false, runtime_ref: null });
  const begin = `echo begun; touch '${join(fixture.directory, 'begun')}'`;
  await fixture.action({ ref: 'demo.hang', entrypoint: `${begin}; sleep 60 & wait` });
});
afterEach(async () => {
  await rm(join(fixture.directory, 'begun'), { force: true });
  await fixture.stopWorkers();
  expect(await fixture.survivors()).toBe(0);
});
afterAll(() => fixture.close());

const running = (id: number): Promise<void> =>
  eventually(async () => expect((await fixture.execution(id)).status).toBe('running'));

/** Of the action that may be short or long. */
const starts = async (): Promise<number> => (await readFile(join(fixture.directory, 'varied'), 'utf8')).length;

describe('a worker', () => {
  it('cancels on request', async () => {
    const { id: worker } = (await fixture.startWorker('w-cancel')).registration;
    const [id] = await fixture.dispatch(worker, 'demo.hang');
    await running(id!);
    await fixture.setStatus(id!, 'canceling');
    expect(await fixture.ended(id!)).toMatchObject({
      status: 'cancelled',
      result: { succeeded: false, cancelled: true, error: 'Execution cancelled by user' },
    });
  });

  it('hears of a cancellation at once', async () => {
    const { id: worker } = (await fixture.startWorker('w-cancel-now', {}, 3_600_000)).registration;
    const [id, other] = await fixture.dispatch(worker, 'demo.hang', [{}, {}]);
    await Promise.all([running(id!), running(other!)]);
    await fixture.dataSource.transaction(async (db) => {
      await execute(
        db,
        sql`update execution as e set status = 'canceling' where e.id = ${id} and e.created = time_id_created(${id})`,
      );
      await execute(db, sql`select pg_notify(${CHANNEL.cancel}, ${String(worker)})`);
    });
    expect(await fixture.ended(id!)).toMatchObject({ status: 'cancelled' });
    expect(await fixture.execution(other!)).toMatchObject({ status: 'running' });
    await fixture.setStatus(other!, 'abandoned');
    await execute(fixture.dataSource, sql`select pg_notify(${CHANNEL.cancel}, ${String(worker)})`);
  });

  it('kills what was taken from it and reports nothing', async () => {
    const { id: worker } = (await fixture.startWorker('w-lost')).registration;
    const [id] = await fixture.dispatch(worker, 'demo.hang');
    await running(id!);
    await fixture.setStatus(id!, 'abandoned');
    await eventually(async () => expect(await fixture.survivors()).toBe(0), 20_000);
    expect(await fixture.execution(id!)).toMatchObject({ status: 'abandoned', result: null });
  });

  it('abandons what does not finish in time when it stops', async () => {
    const { id: worker } = (await fixture.startWorker('w-abandon', { shutdownTimeoutSeconds: 0.2 })).registration;
    const [id] = await fixture.dispatch(worker, 'demo.hang');
    await eventually(() => access(join(fixture.directory, 'begun')));
    await fixture.stopWorkers();
    expect(await fixture.execution(id!)).toMatchObject({
      status: 'abandoned',
      result: { exit_code: 143, stdout: 'begun\n' },
    });
  });

  it('never starts what is stopped while it waits for the slot of another one', async () => {
    const slots = 10;
    const settings = { maxConcurrentTasks: slots, shutdownTimeoutSeconds: 0.2 };
    const { id: worker } = (await fixture.startWorker('w-waits', settings)).registration;
    // However busy the machine is: until the worker must take it for short.
    let learnedMs = Infinity;
    for (let run = 0; learnedMs > 150; run += 1) {
      const [id] = await fixture.dispatch(worker, 'demo.varies');
      const { status, result } = await fixture.ended(id!);
      expect(status).toBe('completed');
      const { duration_ms: ms } = result as { duration_ms: number };
      learnedMs = run === 0 ? ms : learnedMs + (ms - learnedMs) / 10;
    }
    const before = await starts();
    const long = Array.from({ length: slots }, () => ({ config: { pause: 'long' } }));
    const ids = await fixture.dispatch(worker, 'demo.varies', [...long, {}, {}]);
    const [cancelled, abandoned] = ids.slice(slots);
    await Promise.all(ids.map(running));
    await eventually(async () => expect(await starts()).toBe(before + slots), 20_000);
    await fixture.setStatus(cancelled!, 'canceling');
    const result = { succeeded: false, exit_code: -1 };
    expect(await fixture.ended(cancelled!)).toMatchObject({ status: 'cancelled', result });
    await fixture.stopWorkers();
    expect(await fixture.execution(abandoned!)).toMatchObject({ status: 'abandoned', result });
    expect(await starts()).toBe(before + slots);
  });

  it('starts actions through a launcher, fails them when it dies, and leaves none behind', async () => {
    const { id: worker } = (await fixture.startWorker('w-launcher')).registration;
    const launcherOf = async (id: number): Promise<number> => {
      await running(id);
      const file = join(fixture.directory, 'parent');
      await eventually(() => access(file));
      const pid = Number(await readFile(file, 'utf8'));
      await rm(file);
      return pid;
    };
    const [first] = await fixture.dispatch(worker, 'demo.orphan');
    const launcher = await launcherOf(first!);
    expect(launcher).not.toBe(process.pid);
    process.kill(launcher, 'SIGKILL');
    expect(await fixture.ended(first!)).toMatchObject({
      status: 'failed',
      result: { exit_code: 137, succeeded: false },
    });

    const [second] = await fixture.dispatch(worker, 'demo.orphan');
    const another = await launcherOf(second!);
    expect(another).not.toBe(launcher);
    await fixture.setStatus(second!, 'canceling');
    expect(await fixture.ended(second!)).toMatchObject({ status: 'cancelled' });
    await fixture.stopWorkers();
    await until(() => Promise.resolve(hasEnded(another)));
  });
});
