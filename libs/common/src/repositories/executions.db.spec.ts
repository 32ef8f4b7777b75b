import { timeIdCreatedIso } from '@attune/engine';
import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { insertDispatches, takeDispatches } from './dispatches.repository.js';
import {
  findExecution,
  findExecutions,
  insertExecutions,
  moveExecutions,
  type NewExecution,
} from './executions.repository.js';
import { type ExecutionFilter, listExecutions } from './list-executions.js';
import { insertOnPastDays, partitionScans } from './partitions-fixture.js';
import { registerWorker } from './workers.repository.js';

describe.each(testKinds())('executions (%s)', (kind) => {
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

  const execution = (more: Partial<NewExecution> = {}): NewExecution => ({
    action: null,
    action_ref: 'demo.run',
    executor: 1,
    ...more,
  });
  const insertOne = async (more: Partial<NewExecution> = {}): Promise<number> => {
    const [id] = await insertExecutions(dataSource, [execution(more)]);
    return id!;
  };

  describe('insertExecutions', () => {
    it('stores many rows at once and gives their ids in order', async () => {
      const ids = await insertExecutions(
        dataSource,
        Array.from({ length: 300 }, (_, n) => execution({ config: { n }, rule_ref: n % 2 === 0 ? 'demo.even' : null })),
      );
      expect(new Set(ids).size).toBe(300);
      const rows = await findExecutions(dataSource, ids);
      const numbers = new Map(rows.map((row) => [row.id, row.config?.['n']]));
      expect(ids.map((id) => numbers.get(id))).toEqual(Array.from({ length: 300 }, (_, n) => n));
    });

    it('keeps every field', async () => {
      const full: Required<NewExecution> = {
        action: null,
        action_ref: 'demo.full',
        status: 'failed',
        config: { text: "it's", list: [1, null] },
        env_vars: { A: 'b' },
        parent: 11,
        original_execution: 12,
        enforcement: 13,
        rule_ref: 'demo.rule',
        trigger_ref: 'demo.trigger',
        executor: 1,
        permission_set_refs: ['core.viewer', 'a "quoted", ref'],
        artifact_retention_policy: 'days',
        artifact_retention_limit: 3,
        worker_selector: {},
        worker_tolerations: [],
        worker_affinity: { required: [] },
        worker: 15,
        workflow_def: 14,
        workflow_task: { task_name: 'build' },
        retry_count: 1,
        max_retries: 2,
        retry_reason: 'timeout',
        result: [false],
      };
      const id = await insertOne(full);
      const row = await findExecution(dataSource, id);
      expect(row).toMatchObject(full);
      expect(row).toMatchObject({ id, started_at: null });
      expect(row?.created.toISOString().slice(0, 23)).toBe(timeIdCreatedIso(id).slice(0, 23));
    });

    it('fills in what is not given', async () => {
      expect(await findExecution(dataSource, await insertOne())).toMatchObject({
        status: 'requested',
        config: null,
        permission_set_refs: [],
        retry_count: 0,
        result: null,
      });
      expect(await insertExecutions(dataSource, [])).toEqual([]);
    });
  });

  describe('findExecution', () => {
    it('notes whom everything above it runs as, each once, also when that is long gone', async () => {
      const top = await insertOne({ executor: 7 });
      const nobody = await insertOne({ parent: top, executor: null });
      const [same = 0, other = 0] = await insertExecutions(dataSource, [
        execution({ parent: nobody, executor: 7 }),
        execution({ parent: nobody, executor: 8 }),
      ]);
      await run(
        dataSource,
        sql`delete from execution as e where e.id = ${top} and e.created = time_id_created(${top}) returning e.id`,
      );
      const ids = [nobody, same, other, await insertOne({ parent: same }), await insertOne({ parent: other })];
      ids.push(await insertOne({ parent: top }), await insertOne());
      const rows = await findExecutions(dataSource, ids);
      expect(rows.map((row) => row.ancestor_executors)).toEqual([[7], [7], [7], [7], [7, 8], [], []]);
    });

    it('gives null for an id that never was', async () => {
      expect(await findExecution(dataSource, 4096)).toBeNull();
      expect(await findExecution(dataSource, -1)).toBeNull();
      expect(await findExecutions(dataSource, [])).toEqual([]);
    });

    it('agrees with the engine on when a row was made', async () => {
      const id = await insertOne();
      const [row] = await run<{ created: string }>(
        dataSource,
        sql`
        select to_char(time_id_created(${id}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created`,
      );
      expect(row?.created).toBe(timeIdCreatedIso(id));
    });

    it('reads one partition, not all', async () => {
      const id = await insertOne();
      const past = await insertOnPastDays(dataSource, sql`execution (id, created, action_ref)`, sql`'demo.run'`);
      const scans = async (condition: Sql) =>
        partitionScans(dataSource, sql`select e.status from execution as e where ${condition}`);
      expect((await scans(sql`e.id = ${id}`)).length).toBeGreaterThan(1);
      for (const one of [id, ...past]) {
        expect(await scans(sql`e.id = ${one} and e.created = time_id_created(${one})`)).toHaveLength(1);
      }
      const moved = await moveExecutions(dataSource, [{ id: past[0]!, status: 'failed' }], { from: ['requested'] });
      expect(moved).toEqual([past[0]]);
    });
  });

  describe('moveExecutions', () => {
    it('moves only rows that are where the caller believes them to be', async () => {
      const [waiting, done] = [await insertOne(), await insertOne({ status: 'completed' })];
      const moves = [waiting, done].map((id) => ({ id, status: 'scheduled' as const, worker: 7 }));
      expect(await moveExecutions(dataSource, moves, { from: ['requested'] })).toEqual([waiting]);
      expect(await moveExecutions(dataSource, moves, { from: ['requested'] })).toEqual([]);
      expect((await findExecution(dataSource, waiting))?.worker).toBe(7);
      expect((await findExecution(dataSource, done))?.status).toBe('completed');
    });

    it('sets started_at once, the result at the end, and moves "updated"', async () => {
      const id = await insertOne();
      const step = (status: 'scheduled' | 'running' | 'completed', more = {}) =>
        moveExecutions(dataSource, [{ id, status, ...more }], { from: ['requested', 'scheduled', 'running'] });
      await step('scheduled', { worker: 3 });
      expect(await findExecution(dataSource, id)).toMatchObject({ started_at: null, worker: 3 });
      await step('running');
      const running = await findExecution(dataSource, id);
      expect(running?.started_at).toBeInstanceOf(Date);
      await step('completed', { result: { succeeded: true } });
      expect(await findExecution(dataSource, id)).toMatchObject({
        status: 'completed',
        started_at: running?.started_at,
        worker: 3,
        result: { succeeded: true },
      });
      expect((await findExecution(dataSource, id))!.updated.getTime()).toBeGreaterThan(running!.updated.getTime());
    });

    it('takes the worker away from an execution that has to wait again', async () => {
      const id = await insertOne();
      await moveExecutions(dataSource, [{ id, status: 'scheduled', worker: 3 }], { from: ['requested'] });
      await moveExecutions(dataSource, [{ id, status: 'requested' }], { from: ['scheduled'] });
      expect(await findExecution(dataSource, id)).toMatchObject({ status: 'requested', worker: null });
    });

    it('lets only the worker it was given to start an execution', async () => {
      const id = await insertOne();
      await moveExecutions(dataSource, [{ id, status: 'scheduled', worker: 3 }], { from: ['requested'] });
      const start = (worker: number) =>
        moveExecutions(dataSource, [{ id, status: 'running' }], { from: ['scheduled'], worker });
      expect(await start(4)).toEqual([]);
      expect(await start(3)).toEqual([id]);
    });

    it('moves an old row beside a new one without unpacking what lies between', async () => {
      const past = await insertOnPastDays(dataSource, sql`execution (id, created, action_ref)`, sql`'demo.run'`, 20);
      if (kind === 'timescale') {
        await run(
          dataSource,
          sql`select compress_chunk(c) from show_chunks('execution', older_than => interval '7 days') as c`,
        );
      }
      const ids = [await insertOne(), past.at(-1)!];
      const moved = await dataSource.transaction(async (db) => {
        await db.query(`select set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '1', true)`);
        return moveExecutions(
          db,
          ids.map((id) => ({ id, status: 'failed' })),
          { from: ['requested'] },
        );
      });
      expect(moved).toEqual(ids);
    });

    it('has one winner when many try at once', async () => {
      const ids = await insertExecutions(
        dataSource,
        Array.from({ length: 50 }, () => execution()),
      );
      const attempt = (worker: number) =>
        moveExecutions(
          dataSource,
          ids.map((id) => ({ id, status: 'scheduled', worker })),
          { from: ['requested'] },
        );
      const won = await Promise.all([1, 2, 3, 4].map(attempt));
      expect(won.flat().toSorted((a, b) => a - b)).toEqual(ids.toSorted((a, b) => a - b));
    });
  });

  describe('dispatches', () => {
    it('are taken once, oldest first, by their own worker only', async () => {
      const worker = await registerWorker(dataSource, { name: 'one', worker_role: 'action', capabilities: {} });
      const other = await registerWorker(dataSource, { name: 'two', worker_role: 'action', capabilities: {} });
      const dispatch = (n: number) => ({ execution: n, worker, action_ref: 'demo.run' });
      await dataSource.transaction((db) => insertDispatches(db, [1, 2, 3, 4, 5].map(dispatch)));
      const take = (from: number, limit: number) =>
        dataSource.transaction((db) => takeDispatches(db, from, { limit: limit }));
      expect(await take(other, 10)).toEqual([]);
      expect(await take(worker, 2)).toEqual([1, 2]);
      // Of two at once the second may find the rows of the first locked: it passes over them.
      const rest = [...(await Promise.all([take(worker, 2), take(worker, 2)])), await take(worker, 10)];
      expect(rest.flat().toSorted()).toEqual([3, 4, 5]);
    });

    it('are taken up to the free slots, of which short actions need only a part', async () => {
      const worker = await registerWorker(dataSource, { name: 'one', worker_role: 'action', capabilities: {} });
      const refs = ['demo.short', 'demo.short', 'demo.long', 'demo.short', 'demo.long', 'demo.short'];
      const dispatches = refs.map((action_ref, index) => ({ execution: index + 1, worker, action_ref }));
      await dataSource.transaction((db) => insertDispatches(db, dispatches));
      const weights = new Map([['demo.short', 0.1]]);
      const take = (slots: number) =>
        dataSource.transaction((db) => takeDispatches(db, worker, { limit: 100, slots, weights }));
      expect(await take(0.05)).toEqual([]);
      // The first that does not fit ends it: nothing behind it may overtake.
      expect(await take(1)).toEqual([1, 2]);
      expect(await take(1.1)).toEqual([3, 4]);
      expect(await take(5)).toEqual([5, 6]);
    });

    it('are back when the transaction fails', async () => {
      const worker = await registerWorker(dataSource, { name: 'one', worker_role: 'action', capabilities: {} });
      await dataSource.transaction((db) => insertDispatches(db, [{ execution: 9, worker, action_ref: 'demo.run' }]));
      const crash = dataSource.transaction(async (db) => {
        await takeDispatches(db, worker, { limit: 10 });
        throw new Error('crash');
      });
      await expect(crash).rejects.toThrow('crash');
      expect(await dataSource.transaction((db) => takeDispatches(db, worker, { limit: 10 }))).toEqual([9]);
    });
  });

  describe('listExecutions', () => {
    let parent: number;
    let ids: number[];

    beforeAll(async () => {
      parent = await insertOne({ action_ref: 'list.parent' });
      ids = await insertExecutions(dataSource, [
        execution({ action_ref: 'list.one', rule_ref: 'list.rule_a', trigger_ref: 'list.seen', parent }),
        execution({ action_ref: 'list.two', rule_ref: 'list.rule_b', status: 'failed', result: { error: '50%_Off' } }),
        execution({ action_ref: 'list_x.three', enforcement: parent, executor: null, result: 'Fine' }),
      ]);
    });

    const refs = async (filter: ExecutionFilter) => {
      const { rows } = await listExecutions(dataSource, filter, { limit: 100, offset: 0 });
      return rows.map((row) => row.action_ref).filter((ref) => ref.startsWith('list'));
    };

    it.each<[ExecutionFilter, string[]]>([
      [{ action_ref: 'list.one' }, ['list.one']],
      [{ action_ref: 'list.*' }, ['list.two', 'list.one', 'list.parent']],
      [{ action_ref: 'list_*' }, ['list_x.three']],
      [{ pack_name: 'list' }, ['list.two', 'list.one', 'list.parent']],
      [{ pack_name: 'lis' }, []],
      [{ rule_ref: 'list.rule_*' }, ['list.two', 'list.one']],
      [{ trigger_ref: 'list.seen' }, ['list.one']],
      [{ status: 'failed', pack_name: 'list' }, ['list.two']],
      [{ result_contains: '50%_off' }, ['list.two']],
      [{ result_contains: '5%', pack_name: 'list' }, []],
      [{ top_level_only: true, action_ref: 'list*' }, ['list_x.three', 'list.two', 'list.parent']],
      [{ executor: 2 }, []],
    ])('filters by %j', async (filter, expected) => {
      expect(await refs(filter)).toEqual(expected);
    });

    it('finds what came of an execution or an enforcement', async () => {
      expect(await refs({ parent })).toEqual(['list.one']);
      expect(await refs({ enforcement: parent })).toEqual(['list_x.three']);
      expect(await refs({ parent: -1 })).toEqual([]);
    });

    it('pages newest first and counts only when asked', async () => {
      const page = (offset: number, includeTotal = false) =>
        listExecutions(dataSource, { action_ref: 'list*' }, { limit: 2, offset, includeTotal });
      const [first, second] = [await page(0), await page(2, true)];
      expect(first).toMatchObject({ hasNext: true, total: null });
      expect(second).toMatchObject({ hasNext: false, total: 4 });
      expect([...first.rows, ...second.rows].map((row) => row.id)).toEqual([...ids.toReversed(), parent]);
    });
  });
});
