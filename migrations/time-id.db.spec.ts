import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';

describe.each(testKinds())('time-ordered ids (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true, kind });
    dataSource = await database.dataSource();
  });

  afterAll(() => database.drop());

  const query = <Row>(text: string, values: unknown[] = []): Promise<Row[]> => dataSource.query(text, values);

  it('grow with time', async () => {
    // Within one millisecond the sequence may wrap around; across milliseconds ids only grow.
    const [{ backwards }] = (await query(`
      select count(*)::int as backwards
      from (
        select t.id / 4096 as ms, lag(t.id / 4096) over (order by t.position) as earlier
        from (select time_id() as id, position from generate_series(1, 20000) as position) as t
      ) as steps
      where steps.ms < steps.earlier`)) as [{ backwards: number }];
    expect(backwards).toBe(0);
  });

  it('are never given twice, however many connections ask', async () => {
    const connections = 6;
    const batches = await Promise.all(
      Array.from({ length: connections }, () =>
        query<{ ids: string[] }>(`select array_agg(time_id()) as ids from generate_series(1, 20000)`),
      ),
    );
    const ids = batches.flatMap(([batch]) => batch?.ids ?? []);
    expect(ids).toHaveLength(connections * 20_000);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('carry the time they were made', async () => {
    const [{ off }] = (await query(`
      select max(abs(extract(epoch from time_id_created(t.id) - t.at)))::float8 as off
      from (select time_id() as id, clock_timestamp() as at from generate_series(1, 1000)) as t`)) as [{ off: number }];
    expect(off).toBeLessThan(1);
  });

  it('give their time to the microsecond, rounded down', async () => {
    expect(
      await query(`
        select time_id_created(id)::text as created
        from unnest('{0, 1, 4095, 4096, 123456789012, 9007199254740991}'::bigint[]) with ordinality as t (id, n)
        order by t.n`),
    ).toEqual(
      [
        '2025-01-01 00:00:00+00',
        '2025-01-01 00:00:00+00',
        '2025-01-01 00:00:00.000999+00',
        '2025-01-01 00:00:00.001+00',
        '2025-01-01 08:22:20.817629+00',
        '2094-09-07 15:47:35.551999+00',
      ].map((created) => ({ created })),
    );
  });

  it.each(['event', 'enforcement', 'execution'])('and "created" cannot disagree in %s', async (table) => {
    const columns = { event: 'trigger_ref', enforcement: 'rule_ref, trigger_ref', execution: 'action_ref' }[table];
    const values = table === 'enforcement' ? `'a.b', 'a.b'` : `'a.b'`;
    const insert = (created: string) =>
      query(
        `with row as materialized (select time_id() as id)
         insert into ${table} (id, created, ${String(columns)}) select id, ${created}, ${values} from row`,
      );
    await expect(insert(`now() - interval '1 second'`)).rejects.toThrow(`${table}_created_check`);
    await expect(insert(`time_id_created(id) + interval '1 microsecond'`)).rejects.toThrow(`${table}_created_check`);
    await expect(insert('time_id_created(id)')).resolves.toBeDefined();
  });
});
