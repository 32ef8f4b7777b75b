import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@attune/postgres';
import { eventually, freePort, type ServiceProcess, spawnService, startService } from '@attune/testing';
import pg from 'pg';
import { createScenario, type Scenario } from './harness/scenario.js';

/**
 * Kills the executor (`-9`) while it is held inside each of its steps. It is held by a lock on the table that the step
 * is about to write, so the place of death is exact: everything before that statement is done, nothing after it.
 */
describe('an executor that is killed', () => {
  const credentials = { login: 'e2e-admin', password: 'e2e-password' };
  let folder: string;
  let postgres: PostgresServer;
  let database: pg.Client;
  let environment: Record<string, string>;
  let api: ServiceProcess;
  let worker: ServiceProcess;
  let executor: ServiceProcess;
  let scenario: Scenario;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attune-kill-'));
    postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings: { fsync: false } });
    database = new pg.Client({ connectionString: postgres.url });
    await database.connect();
    const port = await freePort();
    environment = {
      ATTUNE__DATABASE__URL: postgres.url,
      ATTUNE__DATA_DIR: folder,
      ATTUNE__SERVER__PORT: String(port),
      ATTUNE__BOOTSTRAP__LOGIN: credentials.login,
      ATTUNE__BOOTSTRAP__PASSWORD: credentials.password,
      ATTUNE__EXECUTOR__RECOVERY_INTERVAL: '1',
    };
    api = await startService({ name: 'api', environment });
    [executor, worker] = await Promise.all([
      startService({ name: 'executor', environment }),
      startService({ name: 'worker', environment }),
    ]);
    scenario = await createScenario(`http://127.0.0.1:${port}`, credentials, {
      name: 'kill',
      rules: [
        { name: 'first', actionRef: 'core.noop' },
        { name: 'second', actionRef: 'core.echo', parameters: { message: '{{ event.payload.n }}' } },
      ],
    });
  });

  afterAll(async () => {
    await Promise.all([api, executor, worker].map((service) => service.stop()));
    await database.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['outbox_message', 'event', 'rule', 'enforcement', 'execution', 'worker', 'dispatch'])(
    'while it works on %s loses nothing and does nothing twice',
    async (table) => {
      await executor.stop();
      const events = [await scenario.post({ n: 1 }), await scenario.post({ n: 2 })];
      const holder = new pg.Client({ connectionString: postgres.url });
      await holder.connect();
      await holder.query('begin');
      await holder.query(`lock table ${table} in access exclusive mode`);

      const victim = spawnService({ name: 'executor', environment });
      await eventually(async () => {
        const { rows } = await database.query(
          `select a.pid from pg_stat_activity as a
           where a.wait_event_type = 'Lock' and a.application_name like 'attune-executor%'`,
        );
        expect(rows.length).toBeGreaterThan(0);
      }, 30_000);
      await victim.kill();
      await holder.query('rollback');
      await holder.end();

      executor = await startService({ name: 'executor', environment });
      await expectOnce(events);
    },
  );

  it('at random moments of a steady stream loses nothing and does nothing twice', async () => {
    const events: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const burst = Promise.all(Array.from({ length: 20 }, (_, n) => scenario.post({ n })));
      if (round % 2 === 0) await executor.kill();
      events.push(...(await burst));
      if (round % 2 === 0) executor = await startService({ name: 'executor', environment });
    }
    await expectOnce(events);
  });

  it('does not stop the API, and its events wait', async () => {
    await executor.kill();
    const event = await scenario.post({ n: 99 });
    const { rows } = await database.query(`select e.id from enforcement as e where e.event = $1`, [event]);
    expect(rows).toEqual([]);
    executor = await startService({ name: 'executor', environment });
    await expectOnce([event]);
  });

  /** Every event: exactly two enforcements (one a rule), each with exactly one execution, and that one is completed. */
  async function expectOnce(events: readonly number[]): Promise<void> {
    await eventually(async () => {
      const { rows } = await database.query<{ event: string; outcome: string }>(
        `select n.event::text, string_agg(n.rule_ref || ':' || x.status, ',' order by n.rule_ref, x.id) as outcome
         from enforcement as n left join execution as x on x.enforcement = n.id
         where n.event = any($1::bigint[]) group by n.event order by n.event`,
        [events],
      );
      expect(rows.map((row) => row.outcome)).toEqual(events.map(() => 'kill.first:completed,kill.second:completed'));
    }, 60_000);
  }
});
