import { execute, findWorker, isConnectionLost, run, sql } from '@attune/common';
import { eventually } from '@attune/testing';
import pg from 'pg';
import { createWorkerFixture, insertRuntime, waiting, type WorkerFixture } from './worker-fixture.js';

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await createWorkerFixture();
  await fixture.action({ ref: 'demo.echo', entrypoint: 'echo.sh', is_adhoc: false, output_format: 'json' });
  await fixture.file('actions/echo.sh', 'cat');
  await fixture.action({ ref: 'demo.shout', entrypoint: 'echo "$word"' });
  await fixture.action({ ref: 'demo.nap', entrypoint: 'sleep 0.7; echo rested' });
});
afterEach(async () => {
  await fixture.stopWorkers();
  expect(await fixture.survivors()).toBe(0);
});
afterAll(() => fixture.close());

const running = (id: number): Promise<void> =>
  eventually(async () => expect((await fixture.execution(id)).status).toBe('running'));

describe('a worker', () => {
  it('says what it is when it starts and leaves when it stops', async () => {
    const worker = await fixture.startWorker('w-register', {
      maxConcurrentTasks: 7,
      labels: { zone: 'eu' },
      taints: [{ key: 'gpu', value: null, effect: 'no_schedule' }],
    });
    expect(await findWorker(fixture.dataSource, worker.registration.id)).toMatchObject({
      name: 'w-register',
      worker_role: 'action',
      status: 'active',
      labels: { zone: 'eu' },
      taints: [{ key: 'gpu', value: null, effect: 'no_schedule' }],
      capabilities: {
        runtimes: { shell: [], node: [] },
        max_concurrent_executions: 7,
        max_waiting_executions: 28,
        running_executions: 0,
        free_slots: 7,
      },
    });
    await fixture.stopWorkers();
    expect(await findWorker(fixture.dataSource, worker.registration.id)).toMatchObject({ status: 'inactive' });
  });

  it('runs what it is given', async () => {
    const worker = await fixture.startWorker('w-run');
    const ids = await fixture.dispatch(worker.registration.id, 'demo.echo', [
      { config: { n: 1 } },
      { config: { n: 2 } },
    ]);
    for (const [index, id] of ids.entries()) {
      expect(await fixture.ended(id)).toMatchObject({
        status: 'completed',
        started_at: expect.any(Date) as Date,
        result: { exit_code: 0, succeeded: true, data: { n: index + 1 } },
      });
    }
    expect(await waiting(fixture.dataSource, worker.registration.id)).toBe(0);
  });

  it('is woken by a notification', async () => {
    const worker = await fixture.startWorker('w-wake', {}, 3_600_000);
    const [id] = await fixture.dispatch(worker.registration.id, 'demo.shout', [{ config: { word: 'now' } }]);
    expect(await fixture.ended(id!)).toMatchObject({ status: 'completed', result: { stdout: 'now\n' } });
  });

  it('works off more than it has slots, never more at once', async () => {
    const most = `demo.most`;
    await fixture.action({
      ref: most,
      entrypoint: `cd '${fixture.directory}'; touch busy.$$; ls busy.* | wc -l; sleep 0.05; rm busy.$$`,
    });
    const worker = await fixture.startWorker('w-slots', { maxConcurrentTasks: 3 }, 3_600_000);
    const ids = await fixture.dispatch(
      worker.registration.id,
      most,
      Array.from({ length: 20 }, () => ({})),
    );
    const ends = await Promise.all(ids.map((id) => fixture.ended(id)));
    const seen = ends.map(({ result }) => Number((result as { stdout: string }).stdout));
    expect(ends.every(({ status }) => status === 'completed')).toBe(true);
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
  });

  it('reports failures of an action and failures to start one', async () => {
    await fixture.action({ ref: 'demo.fail', entrypoint: 'echo broken >&2; exit 4' });
    await fixture.action({ ref: 'demo.gone', entrypoint: 'gone.sh', is_adhoc: false });
    await fixture.action({ ref: 'demo.newer', entrypoint: 'true', runtime_version_constraint: '>=99' });
    await fixture.action({ ref: 'demo.slow', entrypoint: 'sleep 60', timeout_seconds: 1 });
    const { id: worker } = (await fixture.startWorker('w-fail')).registration;
    const end = async (ref: string): Promise<unknown> => fixture.ended((await fixture.dispatch(worker, ref))[0]!);
    expect(await end('demo.fail')).toMatchObject({ status: 'failed', result: { exit_code: 4, error: 'broken' } });
    expect(await end('demo.gone')).toMatchObject({
      status: 'failed',
      result: { succeeded: false, error: expect.stringMatching(/^Action file not found/) as string },
    });
    expect(await end('demo.newer')).toMatchObject({
      status: 'failed',
      result: { error: expect.stringContaining('>=99') as string },
    });
    expect(await end('demo.unknown')).toMatchObject({
      status: 'failed',
      result: { error: "Action 'demo.unknown' no longer exists" },
    });
    expect(await end('demo.slow')).toMatchObject({
      status: 'failed',
      result: { exit_code: -1, timed_out: true, error: 'Execution timed out after 1 seconds' },
    });
  });

  it('delivers defaults, keys and secrets, and hides secret results', async () => {
    await fixture.action({
      ref: 'demo.secret',
      entrypoint: 'echo.sh',
      is_adhoc: false,
      output_format: 'json',
      param_schema: { password: { type: 'string', secret: true }, retries: { type: 'integer', default: 3 } },
      out_schema: { password: { type: 'string', secret: true } },
    });
    const redacted = { $attune_secret: true, redacted: true };
    const { id: worker } = (await fixture.startWorker('w-secret')).registration;
    const insertKey = (
      name: string,
      value: unknown,
      isSealed: boolean,
      scope: 'system' | 'pack' | 'action',
    ): Promise<number> =>
      execute(
        fixture.dataSource,
        sql`
        insert into key (ref, owner_type, owner_pack, owner_action, name, encrypted, encryption_key_hash, value)
        select ${`${scope}.${name}`}, ${scope}::owner_type, case when ${scope} = 'pack' then p.id end,
          case when ${scope} = 'action' then (select a.id from action as a where a.ref = 'demo.secret') end, ${name},
          ${isSealed},
          case when ${isSealed} then ${fixture.box.keyHash} end, ${JSON.stringify(isSealed ? fixture.box.seal(value) : value)}::jsonb
        from pack as p where p.ref = 'demo'`,
      );
    await insertKey('region', 'system', false, 'system');
    await insertKey('region', 'eu-1', true, 'pack');
    await insertKey('zone', 'action', false, 'action');
    await insertKey('zone', 'pack', false, 'pack');
    await insertKey('zone', 'system', false, 'system');
    await insertKey('user', 'key', false, 'system');

    const [id] = await fixture.park('demo.secret', [{ config: { password: redacted, user: 'mine' } }]);
    await execute(
      fixture.dataSource,
      sql`insert into execution_secret_value (entity_type, entity_id, json_path, encrypted_value, encryption_key_hash)
          values ('execution_config', ${id}, '/password', ${fixture.box.seal('hunter2')}, ${fixture.box.keyHash})`,
    );
    await fixture.handOver([id!], worker);
    expect((await fixture.ended(id!)).result).toMatchObject({
      data: { password: redacted, retries: 3, region: 'eu-1', zone: 'action', user: 'mine' },
    });
    const kept = await run<{ pointer: string; value: string }>(
      fixture.dataSource,
      sql`select s.json_path as pointer, s.encrypted_value as value from execution_secret_value as s
          where s.entity_type = 'execution_result' and s.entity_id = ${id}`,
    );
    expect(kept.map(({ pointer, value }) => [pointer, fixture.box.open(value)])).toEqual([
      ['/data/password', 'hunter2'],
    ]);
    await execute(fixture.dataSource, sql`delete from key`);
  });

  it('delivers whole numbers exactly and keeps them exact in the result', async () => {
    const { id: worker } = (await fixture.startWorker('w-exact')).registration;
    const [id] = await fixture.park('demo.echo', [{ config: { deep: [0] } }]);
    await execute(
      fixture.dataSource,
      sql`update execution as e set config = '{"deep": [9007199254740993]}'
          where e.id = ${id} and e.created = time_id_created(${id})`,
    );
    await fixture.handOver([id!], worker);
    await fixture.ended(id!);
    const rows = await run(
      fixture.dataSource,
      sql`select e.result -> 'data' #>> '{deep,0}' as number from execution as e
          where e.id = ${id} and e.created = time_id_created(${id})`,
    );
    expect(rows).toEqual([{ number: '9007199254740993' }]);
  });

  it('does not run an action without its secrets', async () => {
    const redacted = { $attune_secret: true, redacted: true };
    const { id: worker } = (await fixture.startWorker('w-no-secret')).registration;
    const [id] = await fixture.dispatch(worker, 'demo.echo', [{ config: { deep: [{ password: redacted }] } }]);
    expect(await fixture.ended(id!)).toMatchObject({
      status: 'failed',
      result: { error: 'A secret parameter cannot be read: its stored value is gone' },
    });
  });

  it('lets running actions finish when it stops', async () => {
    const { id: worker } = (await fixture.startWorker('w-drain')).registration;
    const [id] = await fixture.dispatch(worker, 'demo.nap');
    await running(id!);
    await fixture.stopWorkers();
    expect(await fixture.execution(id!)).toMatchObject({ status: 'completed', result: { stdout: 'rested\n' } });
  });

  it('takes its row over after a restart and abandons what it had begun, without beginning it again', async () => {
    const first = await fixture.startWorker('w-restart');
    await fixture.stopWorkers();
    const { id: worker } = first.registration;
    const [begun, canceling, waits] = await fixture.dispatch(worker, 'demo.shout', [
      {},
      {},
      { config: { word: 'later' } },
    ]);
    for (const id of [begun!, canceling!]) {
      await execute(fixture.dataSource, sql`delete from dispatch as d where d.execution = ${id}`);
      await fixture.setStatus(id, 'running');
    }
    await fixture.setStatus(canceling!, 'canceling');

    const second = await fixture.startWorker('w-restart');
    expect(second.registration.id).toBe(worker);
    expect(await fixture.execution(begun!)).toMatchObject({
      status: 'abandoned',
      result: { succeeded: false, original_status: 'running', worker: { id: worker, name: 'w-restart' } },
    });
    expect(await fixture.execution(canceling!)).toMatchObject({ status: 'cancelled' });
    expect(await fixture.ended(waits!)).toMatchObject({ status: 'completed', result: { stdout: 'later\n' } });
  });

  it('registers again when its row was deleted', async () => {
    const worker = await fixture.startWorker('w-deleted', { heartbeatIntervalSeconds: 0.1 });
    const { id: before } = worker.registration;
    await execute(fixture.dataSource, sql`delete from worker as w where w.id = ${before}`);
    await eventually(() => expect(worker.registration.id).not.toBe(before));
    const [id] = await fixture.dispatch(worker.registration.id, 'demo.shout', [{ config: { word: 'back' } }]);
    expect(await fixture.ended(id!)).toMatchObject({ status: 'completed' });
  });

  it('offers a runtime that is added while it runs', async () => {
    const worker = await fixture.startWorker('w-runtime');
    await insertRuntime(fixture.dataSource, 'demo.sprache', { interpreter: { binary: 'sh' } });
    await eventually(async () =>
      expect(await findWorker(fixture.dataSource, worker.registration.id)).toMatchObject({
        capabilities: { runtimes: { shell: [], node: [], sprache: [] } },
      }),
    );
  });

  it('offers only the runtimes it was told to', async () => {
    const worker = await fixture.startWorker('w-filter', { runtimes: ['python'] });
    expect(await findWorker(fixture.dataSource, worker.registration.id)).toMatchObject({
      capabilities: { runtimes: {} },
    });
    const [id] = await fixture.dispatch(worker.registration.id, 'demo.shout');
    expect(await fixture.ended(id!)).toMatchObject({
      status: 'failed',
      result: { error: "Runtime 'demo.shell' is not available on this worker" },
    });
  });

  it('lives through an outage of the database: running actions finish, their results are written afterwards', async () => {
    const { id: worker } = (await fixture.startWorker('w-outage')).registration;
    const [id] = await fixture.dispatch(worker, 'demo.nap');
    const [next] = await fixture.park('demo.shout', [{ config: { word: 'after' } }]);
    await running(id!);
    await withoutDatabase(1_500);
    expect(await fixture.ended(id!)).toMatchObject({ status: 'completed', result: { stdout: 'rested\n' } });
    await fixture.handOver([next!], worker);
    expect(await fixture.ended(next!)).toMatchObject({ status: 'completed', result: { stdout: 'after\n' } });
  });
});

/** Nobody reaches the fixture's database for a while, and every connection to it is cut. */
async function withoutDatabase(forMs: number): Promise<void> {
  const url = new URL(fixture.url);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(`alter database ${name} with allow_connections false`);
    await admin.query('select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.datname = $1', [name]);
    await admin.query('select pg_sleep($1)', [forMs / 1000]);
    await admin.query(`alter database ${name} with allow_connections true`);
  } finally {
    await admin.end();
  }
  await eventually(async () => {
    await run(fixture.dataSource, sql`select 1`).catch((error: unknown) => {
      if (!isConnectionLost(error)) throw error;
      throw new Error('still away', { cause: error });
    });
  });
}
