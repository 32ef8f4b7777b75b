import { execute, findWorker, run, sql, StartupError } from '@attune/common';
import { eventually } from '@attune/testing';
import { hostname } from 'node:os';
import pg from 'pg';
import { createWorkerFixture, type WorkerFixture } from './worker-fixture.js';

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await createWorkerFixture();
  await fixture.action({ ref: 'demo.hang', entrypoint: 'sleep 60 & wait' });
  await fixture.action({ ref: 'demo.shout', entrypoint: 'echo "$word"' });
});
afterEach(async () => {
  await fixture.stopWorkers();
  expect(await fixture.survivors()).toBe(0);
});
afterAll(() => fixture.close());

const running = (id: number): Promise<void> =>
  eventually(async () => expect((await fixture.execution(id)).status).toBe('running'));

/** Cuts the connections that hold locks. */
const cutLocks = (): Promise<unknown> =>
  run(
    fixture.dataSource,
    sql`select pg_terminate_backend(a.pid) from pg_stat_activity as a
        where a.datname = current_database() and a.application_name = 'attune-lock'`,
  );

describe('the name of a worker', () => {
  const lockHolders = async (): Promise<number[]> => {
    const rows: { pid: number }[] = await fixture.dataSource.query(
      `select l.pid
       from pg_locks as l
       join pg_stat_activity as a on a.pid = l.pid
       where l.locktype = 'advisory' and l.granted and a.datname = current_database()
         and a.application_name = 'attune-lock'`,
    );
    return rows.map((row) => row.pid);
  };

  it('belongs to one at a time: a second one refuses to start and leaves the first alone', async () => {
    const { id: worker } = (await fixture.startWorker('n-once', { shutdownTimeoutSeconds: 0.1 })).registration;
    const [id] = await fixture.dispatch(worker, 'demo.hang');
    await running(id!);
    const second = fixture.startWorker('n-once');
    await expect(second).rejects.toBeInstanceOf(StartupError);
    await expect(second).rejects.toThrow(
      'a worker named "n-once" is running already: give this one another worker.name',
    );
    expect((await fixture.execution(id!)).status).toBe('running');
  });

  it('is made from the host, different for each worker, and the same again after a restart', async () => {
    const [first, second] = [await fixture.startWorker(null), await fixture.startWorker(null)];
    expect([first.registration.name, second.registration.name]).toEqual([hostname(), `${hostname()}-2`]);
    expect(first.registration.id).not.toBe(second.registration.id);
    await first.stop();
    const again = await fixture.startWorker(null);
    expect(again.registration).toMatchObject({ name: hostname(), id: first.registration.id });
  });

  it('is held on after a lost connection', async () => {
    const { id: worker } = (await fixture.startWorker('n-regain')).registration;
    const before = (await findWorker(fixture.dataSource, worker))?.last_heartbeat;
    const held = await lockHolders();
    await cutLocks();
    await eventually(async () => {
      const holders = await lockHolders();
      expect(holders).toHaveLength(held.length);
      expect(holders.some((pid) => held.includes(pid))).toBe(false);
    });
    // It says at once that it is alive, although its next heartbeat is half a minute away.
    await eventually(async () =>
      expect((await findWorker(fixture.dataSource, worker))?.last_heartbeat).not.toEqual(before),
    );
    await expect(fixture.startWorker('n-regain')).rejects.toBeInstanceOf(StartupError);
    const [id] = await fixture.dispatch(worker, 'demo.shout', [{ config: { word: 'here' } }]);
    expect(await fixture.ended(id!)).toMatchObject({ status: 'completed', result: { stdout: 'here\n' } });
  });

  it('may be lost to another worker; then this one ends its actions and claims no more', async () => {
    const replaced = new Promise<void>((resolve) => {
      void fixture.startWorker('n-lost', {}, 50, resolve).then(async ({ registration: { id: worker } }) => {
        const [id] = await fixture.dispatch(worker, 'demo.hang');
        await running(id!);
        const other = new pg.Client({ connectionString: fixture.url });
        await other.connect();
        const waiting = other.query("select pg_advisory_lock(hashtextextended('n-lost', 7821100))");
        await cutLocks();
        await waiting;
        await eventually(async () => expect(await fixture.survivors()).toBe(0), 20_000);
        const [next] = await fixture.dispatch(worker, 'demo.shout');
        await fixture.stopWorkers();
        expect(await fixture.execution(next!)).toMatchObject({ status: 'scheduled' });
        // The row is the other one's now.
        expect(await findWorker(fixture.dataSource, worker)).toMatchObject({ status: 'active' });
        await other.end();
      });
    });
    await replaced;
  });
});

describe('a worker that is stopping', () => {
  it('goes on with heartbeats, as inactive, until its last action has ended', async () => {
    const worker = await fixture.startWorker('n-drain', { shutdownTimeoutSeconds: 30, heartbeatIntervalSeconds: 0.1 });
    const { id: row } = worker.registration;
    const [id] = await fixture.dispatch(row, 'demo.hang');
    await running(id!);
    const stopped = worker.stop();
    const isInactive = async (): Promise<void> =>
      expect(await findWorker(fixture.dataSource, row)).toMatchObject({ status: 'inactive' });
    await eventually(isInactive);
    await execute(
      fixture.dataSource,
      sql`update worker as w set last_heartbeat = now() - interval '1 hour' where w.id = ${row}`,
    );
    await eventually(async () =>
      expect((await findWorker(fixture.dataSource, row))?.heartbeat_age_seconds).toBeLessThan(60),
    );
    await isInactive();
    // A cancellation reaches it as well.
    await fixture.setStatus(id!, 'canceling');
    await stopped;
    expect(await fixture.execution(id!)).toMatchObject({ status: 'cancelled', result: { cancelled: true } });
  });
});
