import { deleteDispatches } from '@attune/common';
import { type DataSource } from 'typeorm';
import { pino } from 'pino';
import { createWorkerFixture, someWorker, waiting, type WorkerFixture } from '../worker-fixture.js';
import { claimExecutions } from './claim-executions.js';
import { type ClaimedExecution } from './claimed-execution.js';

const logger = pino({ level: 'silent' });
const { signal } = new AbortController();

let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = await createWorkerFixture();
  await fixture.action({ ref: 'demo.run', entrypoint: 'true' });
});
afterAll(() => fixture.close());

const claim = (worker: number, limit: number, dataSource = fixture.dataSource): Promise<readonly ClaimedExecution[]> =>
  claimExecutions(dataSource, logger, { worker, room: { limit }, signal }).then(({ executions }) => executions);
const idsOf = (claimed: readonly ClaimedExecution[]): number[] => claimed.map(({ execution }) => execution.id);
const many = (count: number): object[] => Array.from({ length: count }, (_, n) => ({ config: { n } }));

/** The real database, except that every transaction ends with a lost connection. */
function losingConnection(when: 'before commit' | 'after commit'): DataSource {
  const lost = (): never => {
    throw new Error('Connection terminated unexpectedly');
  };
  return Object.assign(Object.create(fixture.dataSource) as DataSource, {
    transaction: async (work: (db: unknown) => Promise<unknown>) => {
      await fixture.dataSource.transaction(async (db) => {
        await work(db);
        if (when === 'before commit') lost();
      });
      return lost();
    },
  });
}

describe('claimExecutions', () => {
  it('begins the oldest first, with everything needed to run them', async () => {
    const worker = await someWorker(fixture.dataSource);
    const ids = await fixture.dispatch(worker, 'demo.run', many(3));
    const claimed = await claim(worker, 2);
    expect(idsOf(claimed)).toEqual(ids.slice(0, 2));
    expect(claimed[0]).toMatchObject({
      execution: { config: { n: 0 } },
      action: { entrypoint: 'true' },
    });
    expect(await fixture.execution(ids[0]!)).toMatchObject({
      status: 'running',
      worker,
      started_at: expect.any(Date) as Date,
    });
    expect(await fixture.execution(ids[2]!)).toMatchObject({ status: 'scheduled', started_at: null });
    expect(await waiting(fixture.dataSource, worker)).toBe(1);
  });

  it('takes nothing that waits for somebody else', async () => {
    const [mine, other] = [await someWorker(fixture.dataSource), await someWorker(fixture.dataSource)];
    await fixture.dispatch(other, 'demo.run', many(2));
    expect(await claim(mine, 10)).toEqual([]);
  });

  it('never gives one execution to two claimers', async () => {
    const worker = await someWorker(fixture.dataSource);
    const ids = await fixture.dispatch(worker, 'demo.run', many(200));
    const rounds = Array.from({ length: 8 }, async () => {
      const got: number[] = [];
      for (let claimed = await claim(worker, 7); claimed.length > 0; claimed = await claim(worker, 7))
        got.push(...idsOf(claimed));
      return got;
    });
    const claimed = (await Promise.all(rounds)).flat();
    // A claimer that found every row locked went away; what is left is for the next one.
    claimed.push(...idsOf(await claim(worker, 200)));
    expect(claimed.toSorted((a, b) => a - b)).toEqual(ids);
  });

  it('does not begin what was cancelled or withdrawn before', async () => {
    const worker = await someWorker(fixture.dataSource);
    const [cancelled, withdrawn, fine] = await fixture.dispatch(worker, 'demo.run', many(3));
    await fixture.setStatus(cancelled!, 'cancelled');
    await fixture.dataSource.transaction((db) => deleteDispatches(db, [withdrawn!]));
    expect(idsOf(await claim(worker, 10))).toEqual([fine]);
    expect(await fixture.execution(cancelled!)).toMatchObject({ status: 'cancelled', started_at: null });
  });

  it('knows an execution whose action is gone', async () => {
    const worker = await someWorker(fixture.dataSource);
    await fixture.dispatch(worker, 'demo.deleted');
    expect(await claim(worker, 1)).toMatchObject([{ action: null, execution: { action_ref: 'demo.deleted' } }]);
  });

  it('finds out what became of a claim whose connection was lost at the commit', async () => {
    const worker = await someWorker(fixture.dataSource);
    const ids = await fixture.dispatch(worker, 'demo.run', many(2));
    expect(await claim(worker, 2, losingConnection('before commit'))).toEqual([]);
    expect(await fixture.execution(ids[0]!)).toMatchObject({ status: 'scheduled' });
    expect(await waiting(fixture.dataSource, worker)).toBe(2);

    expect(idsOf(await claim(worker, 2, losingConnection('after commit')))).toEqual(ids);
    expect(await fixture.execution(ids[0]!)).toMatchObject({ status: 'running' });
  });

  it('finds that out even while it is asked to stop', async () => {
    const worker = await someWorker(fixture.dataSource);
    const ids = await fixture.dispatch(worker, 'demo.run', many(2));
    const dataSource = losingConnection('after commit');
    const { executions: claimed } = await claimExecutions(dataSource, logger, {
      worker,
      room: { limit: 2 },
      signal: AbortSignal.abort(),
    });
    expect(idsOf(claimed)).toEqual(ids);
  });

  it.each(['40P01', '57014'])('asks again when the database answers with %s, and says so once', async (code) => {
    const worker = await someWorker(fixture.dataSource);
    const ids = await fixture.dispatch(worker, 'demo.run', many(2));
    const said: string[] = [];
    const listening = pino({ level: 'warn' }, { write: (line) => void said.push(line) });
    let questions = 0;
    const dataSource = Object.assign(losingConnection('after commit'), {
      createQueryRunner: () => {
        questions += 1;
        if (questions > 2) return fixture.dataSource.createQueryRunner();
        throw Object.assign(new Error('not now'), { code });
      },
    });
    const { executions: claimed } = await claimExecutions(dataSource, listening, {
      worker,
      room: { limit: 2 },
      signal,
    });
    expect(idsOf(claimed)).toEqual(ids);
    expect(questions).toBe(3);
    expect(said.filter((line) => line.includes('trying again'))).toHaveLength(1);
  });

  it('leaves a claim alone when no answer comes after the stop', async () => {
    const worker = await someWorker(fixture.dataSource);
    await fixture.dispatch(worker, 'demo.run', many(1));
    const dataSource = Object.assign(losingConnection('after commit'), {
      createQueryRunner: () => {
        throw Object.assign(new Error('not now'), { code: '57014' });
      },
    });
    const stopped = AbortSignal.abort();
    const lost = await claimExecutions(dataSource, logger, { worker, room: { limit: 1 }, signal: stopped });
    expect(lost.executions).toEqual([]);
  });

  it('reports any other failure', async () => {
    const broken = Object.assign(Object.create(fixture.dataSource) as DataSource, {
      transaction: () => Promise.reject(new TypeError('bug')),
    });
    await expect(claim(1, 1, broken)).rejects.toThrow('bug');
  });
});
