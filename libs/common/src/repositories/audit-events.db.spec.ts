import { timeIdToMs } from '@attune/engine';
import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { type AuditRecord, auditEvent, apiEvent, systemOrigin } from '../audit/audit-event.js';
import { insertAuditEvents } from '../audit/sql/insert-audit-events.sql.js';
import { createDataSource } from '../database/data-source.js';
import { sql } from '../database/sql.js';
import {
  type AuditEventFilter,
  findAuditEvent,
  listAuditEvents,
  listAuditEventsOfRequest,
} from './audit-events.repository.js';
import { insertOnPastDays } from './partitions-fixture.js';

const REQUEST = '019ac000-0000-7000-8000-000000000001';

describe.each(testKinds())('audit events (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let past: number[];

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    past = await insertOnPastDays(
      dataSource,
      sql`audit_event (id, created, category, event_type, outcome, request_id)`,
      sql`'api', 'api.get.success', 'success', ${REQUEST}::uuid`,
    );
    const person = { ...systemOrigin('Anna_K'), identityId: 7, tokenType: 'access' as const };
    const tell = (record: AuditRecord) => auditEvent(person, record);
    await insertAuditEvents(dataSource, [
      tell({ type: 'pack.deleted', resource: { type: 'pack', id: 3, ref: 'demo' } }),
      tell({ type: 'rbac.denied', resource: { type: 'packs', ref: 'other' } }),
      apiEvent(person, { method: 'POST', path: '/api/v1/packs/100%_sure', status: 409, durationMs: 2 }),
    ]);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const typesOf = async (filter: AuditEventFilter, page = { limit: 10, offset: 0 }) =>
    (await listAuditEvents(dataSource, filter, page)).rows.map((row) => row.event_type);

  it.each<[string, AuditEventFilter, string[]]>([
    ['category', { category: 'pack' }, ['pack.deleted']],
    ['event type', { event_type: 'rbac.denied' }, ['rbac.denied']],
    ['outcome', { outcome: 'denied' }, ['rbac.denied']],
    ['identity', { actor_identity: 7, category: 'rbac' }, ['rbac.denied']],
    ['a part of the login', { actor_login: 'a_k', category: 'pack' }, ['pack.deleted']],
    ['no pattern in the login', { actor_login: 'a%k' }, []],
    ['kind of thing', { resource_type: 'pack' }, ['pack.deleted']],
    ['id of a thing', { resource_id: 3 }, ['pack.deleted']],
    ['ref of a thing', { resource_ref: 'other' }, ['rbac.denied']],
    ['status', { http_status: 409 }, ['api.post.failure']],
    ['method', { http_method: 'POST' }, ['api.post.failure']],
    ['a part of the path', { http_path: '100%_s' }, ['api.post.failure']],
    ['request', { request_id: REQUEST }, Array<string>(3).fill('api.get.success')],
    ['everything at once', { outcome: 'success', category: 'api', http_status: 409 }, []],
  ])('finds by %s', async (_case, filter, types) => {
    expect(await typesOf(filter)).toEqual(types);
  });

  it('lists newest first, also across days, page by page', async () => {
    const all = await typesOf({});
    expect(all).toHaveLength(6);
    expect([...(await typesOf({}, { limit: 4, offset: 0 })), ...(await typesOf({}, { limit: 4, offset: 4 }))]).toEqual(
      all,
    );
    const oldest = await listAuditEvents(dataSource, {}, { limit: 2, offset: 4, includeTotal: true });
    expect(oldest).toMatchObject({ rows: [{ id: past[1] }, { id: past[2] }], hasNext: false, total: 6 });
  });

  it('looks only where it is told to', async () => {
    const [first, second, third] = past.map(timeIdToMs) as [number, number, number];
    const created = { fromMs: third, toMs: first };
    const { rows } = await listAuditEvents(dataSource, { created }, { limit: 10, offset: 0 });
    expect(rows.map(({ id }) => id)).toEqual([past[1], past[2]]);
    const none = { fromMs: second, toMs: third };
    expect(await typesOf({ created: none })).toEqual([]);
  });

  it('finds one by its id, and everything of a request, in the days it may be in', async () => {
    const [, yesterday = 0] = past;
    expect(await findAuditEvent(dataSource, yesterday)).toMatchObject({
      id: yesterday,
      request_id: REQUEST,
      details: {},
    });
    expect(await findAuditEvent(dataSource, yesterday + 1)).toBeNull();
    const day = { fromMs: timeIdToMs(yesterday), toMs: timeIdToMs(yesterday) + 1 };
    expect((await listAuditEventsOfRequest(dataSource, REQUEST, day)).map(({ id }) => id)).toEqual([yesterday]);
  });

  it('reads one day for an id, and one for a request of that day', async () => {
    for (const id of past) {
      expect(await chunksOf(() => findAuditEvent(dataSource, id))).toHaveLength(1);
      const window = { fromMs: timeIdToMs(id), toMs: timeIdToMs(id) + 1 };
      expect(await chunksOf(() => listAuditEventsOfRequest(dataSource, REQUEST, window))).toHaveLength(1);
    }
  });

  /** The partitions or chunks in the plan of the statement that `read` sends. */
  async function chunksOf(read: () => Promise<unknown>): Promise<string[]> {
    const sent: [string, unknown[]][] = [];
    const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => {
      const runner = createQueryRunner(mode);
      const query = runner.query.bind(runner);
      runner.query = (text: string, values?: unknown[], isStructured?: boolean) => {
        sent.push([text, values ?? []]);
        return query(text, values, isStructured as true);
      };
      return runner;
    };
    await read();
    dataSource.createQueryRunner = createQueryRunner;
    const [[text, values]] = sent as [[string, unknown[]]];
    const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(`explain (costs off) ${text}`, values);
    return plan
      .map((row) => row['QUERY PLAN'])
      .filter((line) => / Scan.* on \S/.test(line) && !line.includes('Bitmap Index'));
  }
});
