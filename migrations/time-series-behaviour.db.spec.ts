import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { HOURLY_AGGREGATES, hourOf } from './time-series/hourly-aggregates.js';

interface HistoryRow {
  readonly operation: string;
  readonly entity_ref: string;
  readonly changed_fields: string[];
  readonly old_values: Record<string, unknown> | null;
  readonly new_values: Record<string, unknown> | null;
}

/** Executions of `ref`, created `daysAgo` days before now; gives their ids. */
const INSERT_EXECUTIONS = `
  with new_row as materialized (
    select ((extract(epoch from now() - $2 * interval '1 day') - 1735689600) * 1000)::bigint * 4096 + n as id
    from generate_series(1, $3::int) as n
  )
  insert into execution (id, created, action_ref, config)
  select n.id, time_id_created(n.id), $1, '{"token": "top secret"}' from new_row as n
  returning id`;

const IN_RANGE = `e.created between time_id_created($1) and time_id_created($2)`;

describe.each(testKinds())('time series (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true, kind });
    dataSource = await database.dataSource();
    await dataSource.query(`insert into worker (name) values ('worker-1')`);
  });

  afterAll(() => database.drop());

  async function insertExecutions(ref: string, daysAgo: number, count: number): Promise<number[]> {
    const rows: { id: number }[] = await dataSource.query(INSERT_EXECUTIONS, [ref, daysAgo, count]);
    return rows.map(({ id }) => id);
  }

  const historyOf = (table: string, ref: string): Promise<HistoryRow[]> =>
    dataSource.query(
      `select h.operation, h.entity_ref, h.changed_fields, h.old_values, h.new_values
       from ${table}_history as h where h.entity_ref = $1 order by h.time, h.entity_id`,
      [ref],
    );

  describe('history', () => {
    it('tells of a new execution, of each change in order, and of its end', async () => {
      const [id] = await insertExecutions('demo.story', 0, 1);
      await dataSource.transaction(async (db) => {
        const at = `where e.id = $1 and e.created = time_id_created($1)`;
        await db.query(`update execution as e set status = 'scheduled', worker = 7 ${at}`, [id]);
        await db.query(`update execution as e set status = 'running', started_at = now() ${at}`, [id]);
        await db.query(`update execution as e set status = 'completed', result = '[1, 2]' ${at}`, [id]);
        await db.query(`delete from execution as e ${at}`, [id]);
      });
      const config = { digest: expect.stringMatching(/^md5:[0-9a-f]{32}$/) as unknown, size: 23, type: 'object' };
      const result = { digest: expect.stringMatching(/^md5:/) as unknown, size: 6, type: 'array' };
      const started_at = expect.any(String) as unknown;
      const story = await historyOf('execution', 'demo.story');
      expect(story.map(({ operation, changed_fields }) => [operation, ...changed_fields])).toEqual([
        ['INSERT'],
        ['UPDATE', 'status', 'worker'],
        ['UPDATE', 'status', 'started_at'],
        ['UPDATE', 'status', 'result'],
        ['DELETE'],
      ]);
      expect(story.map(({ old_values }) => old_values)).toEqual([
        null,
        { status: 'requested', worker: null },
        { status: 'scheduled', started_at: null },
        { status: 'running', result: null },
        expect.objectContaining({ status: 'completed', worker: 7, result, config }),
      ]);
      expect(story.map(({ new_values }) => new_values)).toEqual([
        { status: 'requested', config },
        { status: 'scheduled', worker: 7 },
        { status: 'running', started_at },
        { status: 'completed', result },
        null,
      ]);
      expect(JSON.stringify(story)).not.toContain('secret');
    });

    it('tells of every row of a bulk statement, also when the session has seen single ones before', async () => {
      const ids = await insertExecutions('demo.bulk', 0, 600);
      for (const id of ids.slice(0, 8)) {
        await dataSource.query(
          `update execution as e set status = 'scheduling' where e.id = $1 and e.created = time_id_created($1)`,
          [id],
        );
      }
      await dataSource.query(
        `update execution as e set status = 'scheduled' where e.action_ref = 'demo.bulk' and ${IN_RANGE}`,
        [ids[0], ids.at(-1)],
      );
      const story = await historyOf('execution', 'demo.bulk');
      const scheduled = story.filter(({ new_values }) => new_values?.['status'] === 'scheduled');
      expect(story.filter(({ operation }) => operation === 'INSERT')).toHaveLength(600);
      expect(scheduled).toHaveLength(600);
      expect(scheduled.filter(({ old_values }) => old_values?.['status'] === 'scheduling')).toHaveLength(8);
    });

    it('tells of an execution that is born on its worker as of one that was placed later', async () => {
      await dataSource.query(
        `insert into execution (id, created, action_ref, status, worker)
         select n.id, time_id_created(n.id), 'demo.born', 'scheduled', 7 from (select time_id() as id) as n`,
      );
      expect(await historyOf('execution', 'demo.born')).toEqual([
        expect.objectContaining({ operation: 'INSERT', changed_fields: [], new_values: { status: 'requested' } }),
        expect.objectContaining({
          operation: 'UPDATE',
          changed_fields: ['status', 'worker'],
          old_values: { status: 'requested', worker: null },
          new_values: { status: 'scheduled', worker: 7 },
        }),
      ]);
    });

    it('says nothing of an update that changes nothing recorded', async () => {
      const [id] = await insertExecutions('demo.idle', 0, 1);
      await dataSource.query(
        `update execution as e set status = e.status where e.id = $1 and e.created = time_id_created($1)`,
        [id],
      );
      expect(await historyOf('execution', 'demo.idle')).toHaveLength(1);
    });

    it('leaves out the heartbeats of workers', async () => {
      await dataSource.query(
        `update worker set last_heartbeat = now(), meta = '{"load": 3}', capabilities = '{"free": 2}' where name = 'worker-1'`,
      );
      await dataSource.query(`update worker set cordoned = true, last_heartbeat = now() where name = 'worker-1'`);
      const story = await historyOf('worker', 'worker-1');
      expect(story.map(({ operation, changed_fields }) => [operation, ...changed_fields])).toEqual([
        ['INSERT'],
        ['UPDATE', 'cordoned'],
      ]);
      expect(story[1]).toMatchObject({ old_values: { cordoned: false }, new_values: { cordoned: true } });
    });
  });

  describe('hourly aggregates', () => {
    beforeAll(async () => {
      await dataSource.query(`
        insert into event (id, created, trigger_ref)
        select m.id, time_id_created(m.id), 'demo.trigger' || m.n % 3
        from (
          select n, ((extract(epoch from now() - n * interval '25 minutes') - 1735689600) * 1000)::bigint * 4096 + n as id
          from generate_series(0, 400) as n
        ) as m`);
      await dataSource.query(`
        insert into enforcement (id, created, rule_ref, trigger_ref)
        select e.id + 1, time_id_created(e.id + 1), 'demo.rule', e.trigger_ref from event as e`);
      await insertExecutions('demo.old', 3, 20);
      await dataSource.query(`
        insert into execution_history (time, operation, entity_id, entity_ref, changed_fields, new_values)
        select now() - n * interval '1 hour', 'UPDATE', n, 'demo.old', '{status}', '{"status": "failed"}'
        from generate_series(1, 100) as n`);
      await dataSource.query(`update worker set status = 'inactive'`);
    });

    it.each(HOURLY_AGGREGATES)('$name equals a plain group by, the newest rows included', async (aggregate) => {
      const { name, source, timeColumn, dimensions, count, filter } = aggregate;
      const columns = dimensions.map((dimension) => dimension.name);
      const counted: unknown[] = await dataSource.query(
        `select a.bucket, ${columns.map((column) => `a.${column}::text`).join(', ')}, a.${count}::int as count
         from ${name} as a order by 1, ${columns.join(', ')}`,
      );
      const expected: unknown[] = await dataSource.query(
        `select ${hourOf(`s.${timeColumn}`)} as bucket,
           ${dimensions.map((dimension) => `(${dimension.expression})::text as ${dimension.name}`).join(', ')}, count(*)::int as count
         from ${source} as s ${filter === null ? '' : `where ${filter}`}
         group by ${[1, ...columns.map((_, index) => index + 2)].join(', ')} order by 1, ${columns.join(', ')}`,
      );
      expect(counted.length).toBeGreaterThan(0);
      expect(counted).toEqual(expected);
    });
  });
});
