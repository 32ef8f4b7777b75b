import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';

/** Days from now of executions in places where rows are treated differently: this week, compressed or in the default partition, ahead. */
const PLACES = { today: 0, 'three weeks ago': -21, 'a partition that was made later': 21 } as const;

describe.each(testKinds())('the triggers that free slots (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let state: number;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await database.dataSource();
    const [row] = await dataSource.query<[{ id: string }]>(`
      with made as (insert into policy (ref, name, threshold) values ('demo.limit', 'Limit', 3) returning id)
      insert into execution_admission_state (policy, group_key, max_concurrent) select m.id, '{}', 3 from made as m returning id`);
    state = Number(row.id);
    if (kind === 'plain') await addPartition(PLACES['a partition that was made later']);
  });

  afterAll(() => database.drop());

  /** As maintenance makes them. */
  const addPartition = async (days: number): Promise<void> => {
    await dataSource.query(`
      do $$
      declare first timestamptz := date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' + interval '${String(days)} days';
      begin
        execute format('create table execution_later partition of execution for values from (%L) to (%L)',
          first, first + interval '24 hours');
      end $$`);
  };

  /** A running execution that holds a slot. */
  const active = async (days: number): Promise<number> => {
    const [row] = await dataSource.query<[{ id: string }]>(
      `with given as materialized (
         select ((extract(epoch from now() + $1 * interval '1 day') - 1735689600) * 1000)::bigint * 4096
           + nextval('execution_admission_entry_id_seq') % 4096 as id
       ), made as (
         insert into execution (id, created, action_ref, status)
         select g.id, time_id_created(g.id), 'demo.act', 'running' from given as g
         returning id
       )
       insert into execution_admission_entry (state, execution, action_ref, status, queue_order, activated_at)
       select $2, m.id, 'demo.act', 'active', (select count(*) + 1 from execution_admission_entry), now() from made as m
       returning execution as id`,
      [days, state],
    );
    return Number(row.id);
  };

  const compress = (): Promise<unknown> =>
    dataSource.query(
      `select compress_chunk(c, if_not_compressed => true) from show_chunks('execution', older_than => interval '8 days') as c`,
    );

  /** What is left, and what was announced. */
  const outcome = async () => {
    const entries: unknown[] = await dataSource.query(`select a.execution from execution_admission_entry as a`);
    const messages: { topic: string; payload: Record<string, unknown> }[] = await dataSource.query(
      `with gone as (delete from outbox_message returning id, topic, payload)
       select g.topic, g.payload from gone as g order by g.id`,
    );
    return { entries: entries.length, messages: messages.map(({ topic, payload }) => ({ topic, ...payload })) };
  };
  const freed = () => ({ entries: 0, messages: [{ topic: 'admission.released', state_id: state, completed: 1 }] });

  const AT = `where e.id = $1 and e.created = time_id_created($1)`;

  describe.each(Object.entries(PLACES))('of an execution of %s', (_, days) => {
    it('see its end', async () => {
      const id = await active(days);
      if (kind === 'timescale') await compress();
      await dataSource.query(`update execution as e set status = 'canceling' ${AT}`, [id]);
      expect(await outcome()).toEqual({ entries: 1, messages: [] });
      await dataSource.query(`update execution as e set status = 'cancelled' ${AT}`, [id]);
      expect(await outcome()).toEqual(freed());
    });

    it('see its deletion', async () => {
      const id = await active(days);
      if (kind === 'timescale') await compress();
      await dataSource.query(`delete from execution as e ${AT}`, [id]);
      expect(await outcome()).toEqual(freed());
    });
  });

  it('write nothing about executions without a slot', async () => {
    const id = await active(0);
    await dataSource.query(`delete from execution_admission_entry`);
    await dataSource.query(`update execution as e set status = 'completed' ${AT}`, [id]);
    expect(await outcome()).toEqual({ entries: 0, messages: [] });
  });

  it('have groups with waiters looked at when policies come, change or go, and no others', async () => {
    const waiting = await active(0);
    await dataSource.query(`update execution_admission_entry set status = 'queued', activated_at = null`);
    const reconsider = [{ topic: 'admission.released', state_id: state, reconsider: true }];
    const after = async (statement: string) => {
      await dataSource.query(statement);
      return (await outcome()).messages;
    };
    expect(await after(`insert into policy (ref, name, threshold) values ('demo.more', 'More', 1)`)).toEqual(
      reconsider,
    );
    expect(await after(`update policy set threshold = 2 where ref = 'demo.more'`)).toEqual(reconsider);
    expect(await after(`update policy set threshold = 2 where ref = 'demo.none'`)).toEqual([]);
    expect(await after(`delete from policy where ref = 'demo.limit'`)).toEqual(reconsider);
    await dataSource.query(`update execution as e set status = 'cancelled' ${AT}`, [waiting]);
    await outcome();
    expect(await after(`delete from policy`)).toEqual([]);
  });
});
