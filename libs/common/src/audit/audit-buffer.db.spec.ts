import { createTestDatabase, eventually, type TestDatabase, testKinds } from '@attune/testing';
import { pino } from 'pino';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { AuditBuffer, type AuditBufferOptions } from './audit-buffer.js';
import { apiEvent, auditEvent, type NewAuditEvent, systemOrigin } from './audit-event.js';
import { insertAuditEvents } from './sql/insert-audit-events.sql.js';
import { reserveAuditIds } from './sql/reserve-audit-ids.sql.js';
import { storeAuditBatch } from './sql/store-audit-batch.sql.js';

const origin = systemOrigin('spec');
const numbered = (n: number): NewAuditEvent =>
  apiEvent(origin, { method: 'GET', path: `/${n}`, status: 200, durationMs: n });

describe.each(testKinds())('the audit log (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const lines: { msg: string; auditEvent?: NewAuditEvent }[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as { msg: string }) });

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
  });
  afterEach(() => (lines.length = 0));
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Of this test: nothing can be deleted from the log. */
  const storedSince = async (id: number) =>
    run<{ path: string; created: Date; event_type: string }>(
      dataSource,
      sql`
      select a.http_path as path, a.created, a.event_type
      from audit_event as a
      where a.created >= time_id_created(${id}) and a.id > ${id}
      order by a.created, a.id`,
    );
  const now = async (): Promise<number> => (await reserveAuditIds(dataSource, [0]))[0] ?? 0;
  const buffer = (options: AuditBufferOptions = {}) => new AuditBuffer(dataSource, logger, options);

  it('tells of a change if and only if the change is committed', async () => {
    const start = await now();
    const event = auditEvent(origin, { type: 'pack.deleted', resource: { type: 'pack', ref: 'demo' } });
    await dataSource.transaction((db) => insertAuditEvents(db, [event]));
    const undone = dataSource.transaction(async (db) => {
      await insertAuditEvents(db, [event, event]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect((await storedSince(start)).map(({ event_type }) => event_type)).toEqual(['pack.deleted']);
  });

  it('can only be appended to', async () => {
    await insertAuditEvents(dataSource, [numbered(0)]);
    const today = sql`a.created > now() - interval '1 day'`;
    await expect(run(dataSource, sql`delete from audit_event as a where ${today}`)).rejects.toThrow(/append-only/);
    await expect(run(dataSource, sql`update audit_event as a set http_path = '/' where ${today}`)).rejects.toThrow(
      /append-only/,
    );
  });

  it('stores single events soon, many at once, and each of them once', async () => {
    const start = await now();
    const one = buffer({ batchSize: 10, lingerMs: 5 });
    one.add(numbered(1));
    await eventually(async () => expect(await storedSince(start)).toHaveLength(1));
    for (let n = 2; n <= 35; n += 1) one.add(numbered(n));
    await one.stop();
    const numbers = (await storedSince(start)).map(({ path }) => Number(path.slice(1)));
    // Times are exact to the millisecond: what happens within one has no order.
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 35 }, (_, index) => index + 1));
  });

  it('keeps the time at which something happened, not the one at which it was stored', async () => {
    const [id = 0] = await reserveAuditIds(dataSource, [3_600_000]);
    const [row] = await run<{ age: number }>(
      dataSource,
      sql`select extract(epoch from now() - time_id_created(${id}::bigint))::float8 as age`,
    );
    expect(row?.age).toBeGreaterThan(3_599);
    expect(row?.age).toBeLessThan(3_660);
  });

  it('recognises what is stored already, and finds another id for what meets one that is taken', async () => {
    const [first = 0, second = 0] = await reserveAuditIds(dataSource, [0, 0]);
    expect(await storeAuditBatch(dataSource, [{ ...numbered(1), id: first }])).toEqual(new Set([first]));
    const both = [1, 2].map((n, index) => ({ ...numbered(n), id: index === 0 ? first : second }));
    expect(await storeAuditBatch(dataSource, both)).toEqual(new Set([second]));
  });

  it('makes callers wait for room while nothing can be stored, then stores everything once', async () => {
    const start = await now();
    const blocker = dataSource.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query('lock table audit_event in access exclusive mode');
    const full = buffer({ batchSize: 4, lingerMs: 1, capacity: 6 });
    for (let n = 1; n <= 6; n += 1) full.add(numbered(n));
    expect(full.hasRoom).toBe(false);
    expect(await full.room(20)).toBe(false);
    const room = full.room(30_000);
    await blocker.commitTransaction();
    await blocker.release();
    expect(await room).toBe(true);
    await full.stop();
    expect(await storedSince(start)).toHaveLength(6);
  });

  it('tries again when the connection is lost while it stores', async () => {
    const start = await now();
    const blocker = dataSource.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query('lock table audit_event in access exclusive mode');
    const interrupted = buffer({ lingerMs: 1 });
    interrupted.add(numbered(1));
    await eventually(async () => {
      const killed = await run<{ killed: boolean }>(
        dataSource,
        sql`
        select pg_terminate_backend(a.pid) as killed from pg_stat_activity as a
        where a.datname = current_database() and a.wait_event_type = 'Lock' and a.query like '%insert into audit_event%'`,
      );
      expect(killed).not.toEqual([]);
    });
    await eventually(() =>
      expect(lines.map(({ msg }) => msg)).toContain('audit events cannot be stored now; trying again'),
    );
    await blocker.commitTransaction();
    await blocker.release();
    await interrupted.stop();
    expect(await storedSince(start)).toHaveLength(1);
    expect(lines.map(({ msg }) => msg)).toContain('audit events are stored again');
  });

  it('leaves out a row that no database takes, and tells of it whole', async () => {
    const start = await now();
    const some = buffer({ lingerMs: 1 });
    const broken = { ...numbered(2), request_id: 'no uuid' };
    for (const event of [numbered(1), broken, numbered(3)]) some.add(event);
    await some.stop();
    expect((await storedSince(start)).map(({ path }) => path).toSorted()).toEqual(['/1', '/3']);
    expect(lines.map((line) => line.auditEvent?.http_path)).toContain('/2');
  });

  it('puts into the log of the process what it cannot store before it has to end', async () => {
    const gone = await createDataSource({ url: database.url }).initialize();
    await gone.destroy();
    const lost = new AuditBuffer(gone, logger, { lingerMs: 1, stopTimeoutMs: 50 });
    lost.add(numbered(1));
    await lost.stop();
    expect(lines.flatMap((line) => line.auditEvent?.http_path ?? [])).toEqual(['/1']);
  });
});
