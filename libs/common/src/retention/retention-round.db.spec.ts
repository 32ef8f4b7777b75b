import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { pino } from 'pino';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { runRetentionRound, type RetentionRoundOptions } from './retention-round.js';
import { DEFAULT_RETENTION, type RetentionSettings } from './retention-settings.js';

const silent = pino({ level: 'silent' });

describe.each(testKinds())('a round of retention (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    await fill();
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Old and new of everything; `keep` in a name: old, but not to go. */
  async function fill(): Promise<void> {
    const old = `now() - interval '31 days'`;
    const day = `now() - interval '1 day'`;
    await dataSource.query(`
      insert into notification (entity_type, created)
      select 'old', ${old} from generate_series(1, 7) union all select 'new', ${day}`);
    await dataSource.query(`
      insert into webhook_event_log (status_code, error, created) values (200, 'old', ${old}), (200, 'new', ${day})`);
    await dataSource.query(`alter table inquiry disable trigger user`);
    await dataSource.query(`
      insert into inquiry (execution, prompt, status, updated, responded_at, response) values
        (1, 'old', 'timeout', ${old}, null, null), (2, 'old keep', 'pending', ${old}, null, null),
        (3, 'new', 'cancelled', ${day}, null, null)`);
    await dataSource.query(`alter table inquiry enable trigger user`);
    await dataSource.query(`
      insert into execution_admission_state (group_key, max_concurrent, updated)
      values ('old', 1, ${old}), ('old keep', 1, ${old}), ('new', 1, ${day})`);
    await dataSource.query(`
      insert into execution_admission_entry (state, execution, action_ref, queue_order)
      select s.id, 1, 'a.b', 1 from execution_admission_state as s where s.group_key = 'old keep'`);
    await dataSource.query(`
      insert into worker (name, status, cordoned, updated) values
        ('old', 'inactive', false, ${old}), ('old keep: cordoned', 'inactive', true, ${old}),
        ('old keep: active', 'active', false, ${old}), ('old keep: has work', 'error', false, ${old}),
        ('new', 'inactive', false, ${day})`);
    await dataSource.query(`
      insert into dispatch (execution, worker, action_ref)
      select time_id(), w.id, 'a.b' from worker as w where w.name = 'old keep: has work'`);
    await dataSource.query(`
      insert into execution_secret_value (entity_type, entity_id, json_path, encrypted_value, encryption_key_hash, created)
      select 'execution_config', n, '/old', '', '', now() - n * interval '80 days' from generate_series(1, 2) as n`);
  }

  const settingsWith = (changes: Partial<RetentionSettings>): RetentionSettings => ({
    ...DEFAULT_RETENTION,
    ...changes,
  });
  const round = (changes: Partial<RetentionSettings> = {}, options: Partial<RetentionRoundOptions> = {}) =>
    runRetentionRound(dataSource, settingsWith(changes), { logger: silent, ...options });
  const left = async (table: string, column: string): Promise<string[]> =>
    (await dataSource.query<{ name: string }[]>(`select t.${column} as name from ${table} as t order by 1`)).map(
      ({ name }) => name,
    );
  const audited = () =>
    dataSource.query<{ type: string; ref: string; details: object }[]>(
      `select a.event_type as type, a.resource_ref as ref, a.details from audit_event as a
       where a.created > now() - interval '1 hour' order by a.created, a.id`,
    );
  const rowsOf = (outcomes: Awaited<ReturnType<typeof round>>) =>
    Object.fromEntries(outcomes.filter(({ rows }) => rows > 0).map(({ table, rows }) => [table, rows]));

  const ALL_OLD = {
    notification: 7,
    webhook_event_log: 1,
    inquiry: 1,
    execution_admission_state: 1,
    worker: 1,
    execution_secret_value: 1,
  };

  it('removes what is old and may go, in batches, and nothing else', async () => {
    expect(rowsOf(await round({ batch_size: 3 }))).toEqual(ALL_OLD);
    expect(await left('notification', 'entity_type')).toEqual(['new']);
    expect(await left('webhook_event_log', 'error')).toEqual(['new']);
    expect(await left('inquiry', 'prompt')).toEqual(['new', 'old keep']);
    expect(await left('execution_admission_state', 'group_key')).toEqual(['new', 'old keep']);
    expect(await left('worker', 'name')).toEqual([
      'new',
      'old keep: active',
      'old keep: cordoned',
      'old keep: has work',
    ]);
    expect(await left('execution_secret_value', 'entity_id')).toEqual([1]);
    expect(await audited()).toContainEqual({
      type: 'maintenance.retention.target_completed',
      ref: 'notifications',
      details: { table: 'notification', rows: 7, dry_run: false, complete: true },
    });
    expect(rowsOf(await round())).toEqual({});
  });

  it('only counts in a dry run, and does nothing when it is off', async () => {
    expect(rowsOf(await round({ dry_run: true }))).toEqual(ALL_OLD);
    expect(await left('notification', 'entity_type')).toHaveLength(8);
    expect((await audited()).map(({ details }) => details)).toContainEqual(
      expect.objectContaining({ table: 'notification', rows: 7, dry_run: true }),
    );
    expect(await round({ enabled: false })).toEqual([]);
    const targets = { ...DEFAULT_RETENTION.targets, notifications: { max_age_seconds: null } };
    expect(rowsOf(await round({ targets }))).not.toHaveProperty('notification');
    expect(await left('notification', 'entity_type')).toHaveLength(8);
  });

  it('leaves the rest for the next round when its time is over, oldest first', async () => {
    await dataSource.query(`update notification as n set created = n.created - n.id * interval '1 day'`);
    const [first] = await round({ batch_size: 2 }, { budgetMs: 0 });
    expect(first).toMatchObject({ table: 'notification', rows: 2, isDone: false });
    expect(await left('notification', 'id')).toEqual([1, 2, 3, 4, 5, 8]);
  });

  it('goes on when one table fails, and tells of it', async () => {
    await dataSource.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$;
      create trigger refuse before delete on webhook_event_log for each row execute function refuse()`);
    const removed = rowsOf(await round());
    expect(removed).toEqual(
      Object.fromEntries(Object.entries(ALL_OLD).filter(([table]) => table !== 'webhook_event_log')),
    );
    expect(await audited()).toContainEqual({
      type: 'maintenance.retention.target_failed',
      ref: 'webhook_event_logs',
      details: { table: 'webhook_event_log', error: 'not today' },
    });
  });

  it('passes over rows somebody is at', async () => {
    await dataSource.transaction(async (db) => {
      await db.query(`select n.id from notification as n where n.id in (2, 3) for update`);
      expect(rowsOf(await round({ batch_size: 3 }))).toMatchObject({ notification: 5 });
    });
    expect(rowsOf(await round())).toEqual({ notification: 2 });
  });
});
