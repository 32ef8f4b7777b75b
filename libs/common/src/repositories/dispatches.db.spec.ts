import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { deleteDispatches, insertDispatches, takeDispatches } from './dispatches.repository.js';
import { beginExecutions, findExecution, insertExecutions, moveExecutions } from './executions.repository.js';
import { registerWorker } from './workers.repository.js';

describe.each(testKinds())('dispatches (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let worker: number;
  let other: number;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    const register = (name: string) => registerWorker(dataSource, { name, worker_role: 'action', capabilities: {} });
    worker = await register('one');
    other = await register('two');
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const place = (id: number, on: number) =>
    dataSource.transaction(async (db) => {
      await moveExecutions(db, [{ id, status: 'scheduled', worker: on }], { from: ['requested'] });
      await insertDispatches(db, [{ execution: id, worker: on, action_ref: 'demo.run' }]);
    });

  const placed = async (): Promise<number> => {
    const [id] = await insertExecutions(dataSource, [{ action: null, action_ref: 'demo.run', executor: 1 }]);
    await place(id!, worker);
    return id!;
  };

  const dispatched = () => run(dataSource, sql`select d.execution, d.worker from dispatch as d`);

  const cancel = (id: number) =>
    dataSource.transaction(async (db) => {
      const moved = await moveExecutions(db, [{ id, status: 'cancelled' }], { from: ['scheduled'] });
      await deleteDispatches(db, moved);
    });

  it('are begun in the order of their executions, each once', async () => {
    const ids = [await placed(), await placed(), await placed()];
    const begun = await dataSource.transaction(async (db) =>
      beginExecutions(db, await takeDispatches(db, worker, { limit: 2 }), worker),
    );
    expect(begun).toMatchObject(ids.slice(0, 2).map((id) => ({ id, action_ref: 'demo.run', config: null })));
    const stored = await findExecution(dataSource, ids[0]!);
    expect(stored).toMatchObject({ status: 'running', worker, started_at: expect.any(Date) as Date });
    expect(await beginExecutions(dataSource, ids, other)).toEqual([]);
    expect((await beginExecutions(dataSource, ids, worker)).map(({ id }) => id)).toEqual(ids.slice(2));
    await dataSource.transaction((db) => deleteDispatches(db, ids));
    expect(await dispatched()).toEqual([]);
  });

  it('can be cancelled while their worker claims them, without a deadlock', async () => {
    const id = await placed();
    const begun = await dataSource.transaction(async (db) => {
      const taken = await takeDispatches(db, worker, { limit: 10 });
      expect(taken).toEqual([id]);
      await cancel(id);
      return beginExecutions(db, taken, worker);
    });
    expect(begun).toEqual([]);
    expect((await findExecution(dataSource, id))?.status).toBe('cancelled');
    expect(await dispatched()).toEqual([]);
  });

  it('go to the new worker when one was left of the last', async () => {
    const id = await placed();
    await dataSource.transaction((db) => moveExecutions(db, [{ id, status: 'requested' }], { from: ['scheduled'] }));
    await place(id, other);
    expect(await dispatched()).toEqual([{ execution: id, worker: other }]);
  });
});
