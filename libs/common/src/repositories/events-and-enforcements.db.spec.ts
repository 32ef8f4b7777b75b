import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { sql, type Sql } from '../database/sql.js';
import {
  findEnforcement,
  findEnforcements,
  insertEnforcements,
  listEnforcements,
  resolveEnforcements,
} from './enforcements.repository.js';
import { findEvent, findEvents, insertEvents, listEvents } from './events.repository.js';
import { insertOnPastDays, partitionScans } from './partitions-fixture.js';

describe.each(testKinds())('events and enforcements (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const page = { limit: 10, offset: 0 };

  it('keeps events as they were given, whatever their payload', async () => {
    const payloads = [{ a: [1, { b: null }] }, [1, 'two'], 'text', 0, false, null];
    const ids = await insertEvents(
      dataSource,
      payloads.map((payload, n) => ({ trigger: null, trigger_ref: `keep.t${n}`, payload, config: { n } })),
    );
    const events = await Promise.all(ids.map((id) => findEvent(dataSource, id)));
    expect(events.map((event) => event?.payload)).toEqual(payloads);
    expect(events.map((event) => event?.trigger_ref)).toEqual(payloads.map((_, n) => `keep.t${n}`));
    expect(await findEvents(dataSource, ids.slice(2, 4))).toHaveLength(2);
    expect(await findEvent(dataSource, 1)).toBeNull();
  });

  it('lists events newest first, by exact ref or glob', async () => {
    const ids = await insertEvents(dataSource, [
      { trigger: null, trigger_ref: 'list.web', source_ref: 'webhook', payload: {} },
      { trigger: null, trigger_ref: 'list.timer', rule: 5, rule_ref: 'list.daily' },
      { trigger: null, trigger_ref: 'list.web', source: null, payload: { a: 1 } },
    ]);
    const list = async (filter: Parameters<typeof listEvents>[1]) =>
      (await listEvents(dataSource, filter, page)).rows.map((row) => row.id);
    const [first, second, third] = ids;
    expect(await list({ trigger_ref: 'list.*' })).toEqual([third, second, first]);
    expect(await list({ trigger_ref: 'list.web' })).toEqual([third, first]);
    expect(await list({ rule_ref: 'list.*' })).toEqual([second]);
    expect(await list({ trigger: 99 })).toEqual([]);
    const { rows, total, hasNext } = await listEvents(
      dataSource,
      { trigger_ref: 'list.*' },
      { limit: 2, offset: 0, includeTotal: true },
    );
    expect({ has: rows.map((row) => row.has_payload), total, hasNext }).toEqual({
      has: [true, false],
      total: 3,
      hasNext: true,
    });
  });

  it('resolves an enforcement once', async () => {
    const ids = await insertEnforcements(dataSource, [
      { rule: null, rule_ref: 'once.a', trigger_ref: 'once.t', event: null, config: { a: 1 }, conditions: [] },
      { rule: null, rule_ref: 'once.b', trigger_ref: 'once.t', event: null, status: 'disabled' },
    ]);
    expect(await resolveEnforcements(dataSource, ids, 'processed')).toEqual([ids[0]]);
    expect(await resolveEnforcements(dataSource, ids, 'disabled')).toEqual([]);
    const [a, b] = await findEnforcements(dataSource, ids);
    expect(a).toMatchObject({ status: 'processed', condition: 'all', conditions: [], config: { a: 1 } });
    expect(b).toMatchObject({ status: 'disabled' });
    expect([a?.resolved_at, b?.resolved_at]).toEqual([expect.any(Date), expect.any(Date)]);
  });

  it('lists the enforcements of an event', async () => {
    const [event] = await insertEvents(dataSource, [{ trigger: null, trigger_ref: 'of.t' }]);
    const ids = await insertEnforcements(
      dataSource,
      [
        { rule: 1, rule_ref: 'of.a', trigger_ref: 'of.t', event: event! },
        { rule: 2, rule_ref: 'of.b', trigger_ref: 'of.t', event: event! },
      ].map((enforcement) => ({ ...enforcement, rule: null })),
    );
    const list = async (filter: Parameters<typeof listEnforcements>[1]) =>
      (await listEnforcements(dataSource, filter, page)).rows.map((row) => row.id);
    expect(await list({ event: event! })).toEqual(ids.toReversed());
    expect(await list({ event: event!, rule_ref: 'of.a', status: 'created', trigger_ref: 'of.t' })).toEqual([ids[0]]);
    expect(await list({ event: event!, status: 'processed' })).toEqual([]);
    expect(await list({ rule: 77 })).toEqual([]);
    expect(await findEnforcement(dataSource, event!)).toBeNull();
  });

  it.each([
    ['event', sql`event as e`, sql`event (id, created, trigger_ref)`, sql`'one.t'`],
    [
      'enforcement',
      sql`enforcement as e`,
      sql`enforcement (id, created, rule_ref, trigger_ref)`,
      sql`'one.r', 'one.t'`,
    ],
  ])('reads one partition of %s, not all', async (_, table, columns, values) => {
    const past = await insertOnPastDays(dataSource, columns, values);
    const scans = (condition: Sql) =>
      partitionScans(dataSource, sql`select e.payload from ${table} where ${condition}`);
    expect((await scans(sql`e.id = ${past[0]}`)).length).toBeGreaterThan(1);
    for (const id of past) {
      expect(await scans(sql`e.id = ${id} and e.created = time_id_created(${id})`)).toHaveLength(1);
    }
  });
});
