import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource, type EntityManager } from 'typeorm';

describe.each(testKinds())('executions in the audit log (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await database.dataSource();
    await dataSource.query(`insert into identity (id, login) overriding system value values (700, 'anna')`);
  });
  afterAll(() => database.drop());

  interface Told {
    readonly event_type: string;
    readonly outcome: string;
    readonly details: Record<string, unknown>;
  }

  /** Runs `work` in a transaction with the setting and gives what the log says since. */
  async function toldOf(setting: string, work: (db: EntityManager) => Promise<unknown>): Promise<Told[]> {
    return dataSource.transaction(async (db) => {
      const [{ start }] = await db.query<[{ start: number }]>(`select time_id() as start`);
      await db.query(`select set_config('attune.audit_execution_events', $1, true)`, [setting]);
      await work(db);
      return db.query<Told[]>(
        `select e.event_type, e.outcome, e.actor_identity, e.actor_login, e.actor_token_type, e.category, e.resource_type,
           e.resource_id, e.resource_ref, e.details, e.correlation_chain
         from audit_event as e
         where e.created >= time_id_created($1) and e.id > $1
         order by e.created, e.id`,
        [start],
      );
    });
  }

  async function insert(db: EntityManager, count = 1, more: Record<string, unknown> = {}): Promise<number[]> {
    const rows = await db.query<{ id: number }[]>(
      `insert into execution (id, created, action_ref, status, executor, parent, enforcement, workflow_task, original_execution)
       select n.id, time_id_created(n.id), 'demo.run', coalesce($2, 'requested')::execution_status, 700, $3, 12, $4, $5
       from (select time_id() as id from generate_series(1, $1) offset 0) as n
       returning id`,
      [count, more['status'], more['parent'], more['workflow_task'], more['original_execution']],
    );
    return rows.map(({ id }) => id);
  }
  const move = (db: EntityManager, ids: number[], status: string) =>
    db.query(
      `update execution as e set status = $2
       where e.id = any($1) and e.created > now() - interval '1 hour'`,
      [ids, status],
    );

  const types = (told: Told[]) => told.map(({ event_type }) => event_type);

  it.each([
    ['failed', 'execution.failed'],
    ['timeout', 'execution.timed_out'],
    ['abandoned', 'execution.abandoned'],
  ])('tells of an execution that ended as %s, whatever was asked for', async (status, type) => {
    for (const setting of ['', 'notable', 'caller', 'all']) {
      let id = 0;
      const told = await toldOf(setting, async (db) => {
        [id = 0] = await insert(db, 1, { parent: 11 });
        await move(db, [id], 'running');
        await move(db, [id], status);
      });
      expect(told.filter(({ outcome }) => outcome === 'failure')).toEqual([
        {
          category: 'execution',
          event_type: type,
          outcome: 'failure',
          actor_identity: 700,
          actor_login: 'anna',
          actor_token_type: 'system',
          resource_type: 'execution',
          resource_id: id,
          resource_ref: 'demo.run',
          details: {
            operation: 'UPDATE',
            old_status: 'running',
            new_status: status,
            action_ref: 'demo.run',
            parent_execution_id: 11,
            enforcement_id: 12,
            worker_id: null,
            retry_count: 0,
            max_retries: 0,
            original_execution: null,
          },
          correlation_chain: { execution_id: id, enforcement_id: 12, parent_execution_id: 11 },
        },
      ]);
    }
  });

  it('tells of nothing else unless it is asked to', async () => {
    const told = await toldOf('notable', async (db) => {
      const ids = await insert(db, 3);
      for (const status of ['scheduled', 'running', 'completed']) await move(db, ids, status);
    });
    expect(told).toEqual([]);
  });

  it('tells of every move of every execution when it is asked to', async () => {
    const told = await toldOf('all', async (db) => {
      const ids = await insert(db, 2);
      for (const status of ['scheduling', 'scheduled', 'requested', 'running', 'canceling', 'cancelled']) {
        await move(db, ids, status);
        await move(db, ids, status); // no move
      }
    });
    const expected = [
      'requested',
      'status_changed',
      'scheduled',
      'status_changed',
      'started',
      'canceling',
      'cancelled',
    ];
    expect(types(told)).toEqual(expected.flatMap((name) => [`execution.${name}`, `execution.${name}`]));
    expect(new Set(told.map(({ outcome }) => outcome))).toEqual(new Set(['success']));
  });

  it('tells what a new execution is, and both moves of one that is placed at once', async () => {
    const told = await toldOf('all', async (db) => {
      await insert(db, 1, { status: 'scheduled' });
      await insert(db, 1, { workflow_task: '{"task_name":"one"}' });
      await insert(db, 1, { original_execution: 5 });
    });
    expect(types(told)).toEqual([
      'execution.requested',
      'execution.scheduled',
      'execution.workflow_child_dispatched',
      'execution.retried',
    ]);
    expect(told[1]?.details).toMatchObject({ old_status: 'requested', new_status: 'scheduled' });
  });

  it('is undone with the change', async () => {
    const count = () =>
      dataSource.query<unknown[]>(`select e.id from audit_event as e where e.created > now() - interval '1 day'`);
    const before = (await count()).length;
    const undone = dataSource.transaction(async (db) => {
      await move(db, await insert(db), 'failed');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await count()).toHaveLength(before);
  });
});
