import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import pg from 'pg';
import { type DataSource } from 'typeorm';

const CHANNELS = [
  'attune_outbox',
  'attune_dispatch',
  'execution_created',
  'execution_status_changed',
  'event_created',
  'enforcement_created',
  'enforcement_status_changed',
  'inquiry_created',
  'inquiry_responded',
  'inquiry_timeout',
  'workflow_execution_status_changed',
  'artifact_created',
  'artifact_updated',
  'attune_notifications',
];

type Notice = [channel: string, payload: unknown];

describe.each(testKinds())('notify triggers (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let listener: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true, kind });
    dataSource = await database.dataSource();
    listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    await listener.query([...CHANNELS, 'heard_all'].map((channel) => `listen ${channel}`).join('; '));
  });

  afterAll(async () => {
    await listener.end();
    await database.drop();
  });

  /** Notifications come in the order of the commits, so those of the statements are all heard before this marker. */
  async function heard(...statements: string[]): Promise<Notice[]> {
    const notices: Notice[] = [];
    const done = new Promise<void>((resolve) => {
      listener.on('notification', ({ channel, payload = '' }) => {
        if (channel === 'heard_all') resolve();
        else notices.push([channel, payload.startsWith('[') ? JSON.parse(payload) : payload]);
      });
    });
    for (const statement of statements) await dataSource.query(statement);
    await dataSource.query(`select pg_notify('heard_all', '')`);
    await done;
    listener.removeAllListeners('notification');
    return notices;
  }

  const someId = expect.anything() as unknown;
  const INSERT_EXECUTIONS = `
    with row as materialized (select time_id() as id from generate_series(1, 2))
    insert into execution (id, created, action_ref, config, env_vars)
    select id, time_id_created(id), 'demo.run', '{"token": "hush"}', '{"A": "hush"}' from row`;

  it('wakes each queue once per statement, however many messages', async () => {
    const notices = await heard(`
      insert into outbox_message (queue, topic, payload)
      select case when n % 2 = 0 then 'even' else 'odd' end, 'demo', '{}' from generate_series(1, 100) as n`);
    expect(notices.toSorted()).toEqual([
      ['attune_outbox', 'even'],
      ['attune_outbox', 'odd'],
    ]);
  });

  it('lets a queue sleep when its message is for later', async () => {
    expect(
      await heard(`
        insert into outbox_message (queue, topic, payload, available_at)
        values ('later', 'demo', '{}', now() + interval '1 hour')`),
    ).toEqual([]);
  });

  it('wakes each worker once per statement', async () => {
    const notices = await heard(
      `insert into worker (name) values ('one'), ('two')`,
      `insert into dispatch (execution, worker, action_ref)
       select w.id * 100 + n, w.id, 'demo.run' from worker as w, generate_series(1, 3) as n`,
    );
    const workers: { id: unknown }[] = await dataSource.query(`select id from worker order by id`);
    expect(notices.toSorted()).toEqual(workers.map(({ id }) => ['attune_dispatch', String(id)]));
  });

  it('announces executions and their moves in one message, without parameters', async () => {
    const notices = await heard(
      INSERT_EXECUTIONS,
      `update execution set status = 'running', result = '"hush"' where status = 'requested' and created > now() - interval '1 hour'`,
      `update execution set result = '1' where status = 'running' and created > now() - interval '1 hour'`,
    );
    const item = { id: someId, action_ref: 'demo.run', status: 'requested' };
    const moved = { ...item, status: 'running', old_status: 'requested' };
    expect(notices).toEqual([
      ['execution_created', [item, item]],
      ['execution_status_changed', [moved, moved]],
    ]);
    expect(JSON.stringify(notices)).not.toContain('hush');
  });

  it('announces events and enforcements', async () => {
    const notices = await heard(
      `with row as materialized (select time_id() as id)
       insert into event (id, created, trigger_ref, payload, config)
       select id, time_id_created(id), 'demo.seen', '{"a": "hush"}', '{"webhook_key": "hush"}' from row`,
      `with row as materialized (select time_id() as id)
       insert into enforcement (id, created, rule_ref, trigger_ref, config, payload)
       select id, time_id_created(id), 'demo.react', 'demo.seen', '"hush"', '"hush"' from row`,
      `update enforcement set status = 'processed', resolved_at = now() where created > now() - interval '1 hour'`,
    );
    const enforcement = { id: someId, rule_ref: 'demo.react', trigger_ref: 'demo.seen' };
    expect(notices).toEqual([
      ['event_created', [{ id: someId, trigger_ref: 'demo.seen' }]],
      ['enforcement_created', [{ ...enforcement, status: 'created' }]],
      ['enforcement_status_changed', [{ ...enforcement, status: 'processed', old_status: 'created' }]],
    ]);
  });

  it('announces inquiries, workflows, artifacts and notifications', async () => {
    const notices = await heard(
      INSERT_EXECUTIONS,
      `insert into inquiry (execution, prompt) select e.id, 'ok?' from execution as e
       where e.status = 'requested' and e.created > now() - interval '1 hour'`,
      `update inquiry as i set status = case when i.id = (select min(id) from inquiry) then 'responded' else 'timeout' end::inquiry_status`,
      `insert into workflow_execution (execution, task_graph) select execution, '{}' from inquiry limit 1`,
      `update workflow_execution set variables = '{"a": 1}'`,
      `update workflow_execution set status = 'completed'`,
      `insert into artifact (ref, scope, owner, type) values ('demo.log', 'action', 'demo.run', 'file_text')`,
      `update artifact set size_bytes = 1`,
      `update artifact set size_bytes = 1`,
      `insert into notification (entity_type, payload) values ('pack', '{"a": "hush"}')`,
    );
    expect(notices.slice(1)).toEqual([
      ['inquiry_created', [expect.objectContaining({ status: 'pending' }), expect.anything()]],
      ['inquiry_responded', [expect.objectContaining({ status: 'responded' })]],
      ['inquiry_timeout', [expect.objectContaining({ status: 'timeout' })]],
      ['workflow_execution_status_changed', [expect.objectContaining({ status: 'completed', old_status: 'running' })]],
      ['artifact_created', [expect.objectContaining({ ref: 'demo.log', visibility: 'private' })]],
      ['artifact_updated', [expect.objectContaining({ ref: 'demo.log' })]],
      ['attune_notifications', [{ id: someId, entity_type: 'pack' }]],
    ]);
  });

  it('splits a flood into messages that fit, and loses none', async () => {
    const payloads: string[] = [];
    listener.on('notification', ({ payload = '' }) => payloads.push(payload));
    const notices = await heard(`
      with row as materialized (select time_id() as id, n from generate_series(1, 2000) as n)
      insert into event (id, created, trigger_ref)
      select id, time_id_created(id), 'demo.seen_' || repeat('ü', 100) || n from row`);
    const items = notices.flatMap(([, batch]) => batch as { trigger_ref: string }[]);
    expect(new Set(items.map((item) => item.trigger_ref)).size).toBe(2_000);
    expect(Math.max(...payloads.map((payload) => Buffer.byteLength(payload)))).toBeLessThanOrEqual(7_500);
    expect(notices.length).toBeLessThan(100);
  });

  it('names a row by its id alone when its refs are too long', async () => {
    const notices = await heard(`
      with row as materialized (select time_id() as id)
      insert into event (id, created, trigger_ref, source_ref)
      select id, time_id_created(id), 'demo.seen', string_agg(md5(n::text), '') from row, generate_series(1, 300) as n group by id`);
    expect(notices).toEqual([['event_created', [{ id: someId }]]]);
  });

  it('says nothing of what is rolled back', async () => {
    const rollback = dataSource.transaction(async (db) => {
      await db.query(INSERT_EXECUTIONS);
      throw new Error('undo');
    });
    await expect(rollback).rejects.toThrow('undo');
    expect(await heard(`select 1`)).toEqual([]);
  });
});
