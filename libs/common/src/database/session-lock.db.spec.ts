import { createTestDatabase, eventually, type TestDatabase } from '@attune/testing';
import pg from 'pg';
import { pino } from 'pino';
import { SessionLock, type SessionLockOptions } from './session-lock.js';

const logger = pino({ level: 'silent' });

describe('SessionLock', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  const held: SessionLock[] = [];

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
  });

  afterEach(() => Promise.all(held.splice(0).map((lock) => lock.release())));

  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  const acquire = async (options: Partial<SessionLockOptions> = {}): Promise<SessionLock | null> => {
    const lock = await SessionLock.acquire({
      url: database.url,
      logger,
      name: 'one',
      seed: 1,
      patienceMs: 0,
      ...options,
    });
    if (lock) held.push(lock);
    return lock;
  };

  const cut = (): Promise<unknown> =>
    admin.query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity as a
       where a.datname = current_database() and a.application_name = 'attune-lock'`,
    );

  it('is held by one at a time, until it is released', async () => {
    const first = await acquire();
    expect(first?.isHeld).toBe(true);
    expect(await acquire()).toBeNull();
    await first?.release();
    expect(first?.isHeld).toBe(false);
    expect((await acquire())?.isHeld).toBe(true);
  });

  it('leaves other names and other meanings alone', async () => {
    expect([await acquire(), await acquire({ name: 'two' }), await acquire({ seed: 2 })]).not.toContain(null);
  });

  it('waits for a holder that is about to let go', async () => {
    const first = await acquire();
    const second = acquire({ patienceMs: 10_000 });
    await first?.release();
    expect((await second)?.isHeld).toBe(true);
  });

  it('is taken again after its connection was lost', async () => {
    const told: string[] = [];
    const lock = await acquire({ onRegained: () => told.push('regained'), onTaken: () => told.push('taken') });
    await cut();
    await eventually(() => expect(told).toEqual(['regained']));
    expect(lock?.isHeld).toBe(true);
    expect(await acquire()).toBeNull();
  });

  it('says when somebody else was faster', async () => {
    const told: string[] = [];
    const lock = await acquire({ onRegained: () => told.push('regained'), onTaken: () => told.push('taken') });
    const faster = admin.query('select pg_advisory_lock(hashtextextended($1, $2))', ['one', 1]);
    const cutter = new pg.Client({ connectionString: database.url });
    await cutter.connect();
    await cutter.query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.datname = current_database() and a.application_name = 'attune-lock'`,
    );
    await cutter.end();
    await faster;
    await eventually(() => expect(told).toEqual(['taken']));
    expect(lock?.isHeld).toBe(false);
    await admin.query('select pg_advisory_unlock_all()');
  });

  it('is not taken again once it was released', async () => {
    const told: string[] = [];
    const lock = await acquire({ onRegained: () => told.push('regained') });
    await Promise.all([cut(), lock?.release()]);
    await lock?.release();
    expect((await acquire({ patienceMs: 5_000 }))?.isHeld).toBe(true);
    expect(told).toEqual([]);
  });
});
