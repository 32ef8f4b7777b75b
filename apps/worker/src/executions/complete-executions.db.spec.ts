import { beginExecutions } from '@attune/common';
import { TERMINAL_EXECUTION_STATUSES } from '@attune/engine';
import { createWorkerFixture, someWorker, type WorkerFixture } from '../worker-fixture.js';
import { completeExecutions } from './sql/complete-executions.sql.js';

let fixture: WorkerFixture;
beforeAll(async () => (fixture = await createWorkerFixture()));
afterAll(() => fixture.close());

describe('a worker', () => {
  it.each(TERMINAL_EXECUTION_STATUSES)('neither begins nor ends what is %s', async (status) => {
    const worker = await someWorker(fixture.dataSource);
    const [id] = await fixture.dispatch(worker, 'demo.run');
    await fixture.setStatus(id!, status);
    const before = await fixture.execution(id!);
    expect(await beginExecutions(fixture.dataSource, [id!], worker)).toEqual([]);
    for (const end of ['completed', 'failed', 'cancelled', 'abandoned'] as const) {
      const completion = { execution: id!, worker, status: end, result: '{}' };
      expect(await completeExecutions(fixture.dataSource, [completion])).toEqual([]);
    }
    expect(await fixture.execution(id!)).toEqual(before);
  });

  it.each(['requested', 'scheduling', 'scheduled'])('does not end what is %s', async (status) => {
    const worker = await someWorker(fixture.dataSource);
    const [id] = await fixture.dispatch(worker, 'demo.run');
    await fixture.setStatus(id!, status);
    const completion = { execution: id!, worker, status: 'completed', result: '{}' } as const;
    expect(await completeExecutions(fixture.dataSource, [completion])).toEqual([]);
  });
});
