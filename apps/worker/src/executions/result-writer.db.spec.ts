import { execute, run, sql } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { createWorkerFixture, someWorker, type WorkerFixture } from '../worker-fixture.js';
import { type FinishedExecution, ResultWriter } from './result-writer.js';

let fixture: WorkerFixture;
let writer: ResultWriter;
let worker: number;

beforeAll(async () => {
  fixture = await createWorkerFixture();
  worker = await someWorker(fixture.dataSource);
  writer = new ResultWriter(fixture.dataSource, fixture.box, pino({ level: 'silent' }));
});
afterAll(() => fixture.close());

async function running(count: number): Promise<number[]> {
  const ids = await fixture.dispatch(
    worker,
    'demo.run',
    Array.from({ length: count }, () => ({})),
  );
  for (const id of ids) await fixture.setStatus(id, 'running');
  return ids;
}

const finished = (execution: number, redacted: JsonObject = { succeeded: true }): FinishedExecution => ({
  execution,
  worker,
  status: 'completed',
  result: { redacted, secrets: [] },
});

describe('ResultWriter', () => {
  it('writes what finishes together in one transaction', async () => {
    const ids = await running(30);
    await Promise.all(ids.map((id) => writer.write(finished(id, { id }))));
    const rows = await run<{ id: number; transaction: string; result: unknown }>(
      fixture.dataSource,
      sql`select e.id, e.xmin::text as transaction, e.result from execution as e where e.id = any(${ids}::bigint[])`,
    );
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(1);
    expect(rows.every(({ id, result }) => (result as { id: number }).id === id)).toBe(true);
  });

  it('waits for results that are about to be there, but not long', async () => {
    const ids = await running(4);
    let expected = 3;
    const gathering = new ResultWriter(fixture.dataSource, fixture.box, pino({ level: 'silent' }), () => expected);
    const first = gathering.write(finished(ids[0]!));
    await first;
    expect(await fixture.execution(ids[1]!)).toMatchObject({ status: 'running' });
    const rest = ids.slice(1).map((id) => gathering.write(finished(id)));
    expected = 0;
    await Promise.all(rest);
    const rows = await run<{ transaction: string }>(
      fixture.dataSource,
      sql`select distinct e.xmin::text as transaction from execution as e where e.id = any(${ids}::bigint[])`,
    );
    expect(rows).toHaveLength(2);
  });

  it('writes the group when nothing more is expected', async () => {
    const ids = await running(3);
    let expected = 2;
    const gathering = new ResultWriter(fixture.dataSource, fixture.box, pino({ level: 'silent' }), () => expected);
    const written: number[] = [];
    const writes = ids.map(async (id, index) => {
      await nextTurn();
      expected = 2 - index;
      await gathering.write(finished(id));
      written.push(id);
    });
    await Promise.all(writes);
    const rows = await run<{ transaction: string }>(
      fixture.dataSource,
      sql`select distinct e.xmin::text as transaction from execution as e where e.id = any(${ids}::bigint[])`,
    );
    expect(rows).toHaveLength(1);
    expect(written.toSorted()).toEqual(ids.toSorted());
  });

  it('writes whole numbers exactly', async () => {
    const [id] = await running(1);
    await writer.write(finished(id!, { data: 9007199254740993n }));
    const rows = await run(
      fixture.dataSource,
      sql`select e.result->>'data' as data from execution as e where e.id = ${id}`,
    );
    expect(rows).toEqual([{ data: '9007199254740993' }]);
  });

  it('leaves an execution alone that somebody else has ended or placed elsewhere', async () => {
    const [abandoned, elsewhere] = await running(2);
    await fixture.setStatus(abandoned!, 'abandoned');
    await Promise.all([
      writer.write(finished(abandoned!)),
      writer.write({ ...finished(elsewhere!), worker: worker + 1000 }),
    ]);
    expect(await fixture.execution(abandoned!)).toMatchObject({ status: 'abandoned', result: null });
    expect(await fixture.execution(elsewhere!)).toMatchObject({ status: 'running', result: null });
  });

  it('keeps the real end of an execution that was to be cancelled, and cancels it when it has none', async () => {
    const [real, none] = await running(2);
    for (const id of [real!, none!]) await fixture.setStatus(id, 'canceling');
    await Promise.all([writer.write(finished(real!)), writer.write({ ...finished(none!), status: 'abandoned' })]);
    expect(await fixture.execution(real!)).toMatchObject({ status: 'completed' });
    expect(await fixture.execution(none!)).toMatchObject({ status: 'cancelled' });
  });

  it('does not make a statement of very much text', async () => {
    const ids = await running(30);
    const text = 'x'.repeat(1_000_000);
    await Promise.all(ids.map((id) => writer.write(finished(id, { text }))));
    const rows = await run<{ transaction: string; sizes: number }>(
      fixture.dataSource,
      sql`select e.xmin::text as transaction, sum(length(e.result ->> 'text'))::int as sizes
          from execution as e where e.id = any(${ids}::bigint[]) and e.status = 'completed' group by 1`,
    );
    expect(rows.map(({ sizes }) => sizes)).toEqual([15_000_000, 15_000_000]);
  });

  it('encrypts what was redacted', async () => {
    const [id] = await running(1);
    await writer.write({
      ...finished(id!),
      result: { redacted: {}, secrets: [{ pointer: '/data/token', value: 'hush' }] },
    });
    const [row] = await run<{ encrypted: string; pointer: string }>(
      fixture.dataSource,
      sql`select s.json_path as pointer, s.encrypted_value as encrypted from execution_secret_value as s
          where s.entity_type = 'execution_result' and s.entity_id = ${id}`,
    );
    expect(row?.pointer).toBe('/data/token');
    expect(fixture.box.open(row?.encrypted ?? '')).toBe('hush');
  });

  it('fails one execution whose result the database refuses, and writes the others', async () => {
    const ids = await running(3);
    await Promise.all(ids.map((id, n) => writer.write(finished(id, { text: n === 1 ? 'a\0b' : 'fine' }))));
    const ends = await Promise.all(ids.map((id) => fixture.execution(id)));
    expect(ends.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed']);
    expect(ends[1]?.result).toEqual({ succeeded: false, error: 'The result cannot be stored (SQLSTATE 22P05)' });
  });

  it('fails an execution whose result cannot be put into words', async () => {
    const [bad, fine] = await running(2);
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await Promise.all([writer.write(finished(bad!, circular as JsonObject)), writer.write(finished(fine!))]);
    expect(await fixture.execution(bad!)).toMatchObject({
      status: 'failed',
      result: { succeeded: false, error: 'The result cannot be stored (TypeError)' },
    });
    expect(await fixture.execution(fine!)).toMatchObject({ status: 'completed' });
  });

  it('tries again until the database takes it', async () => {
    const [id] = await running(1);
    await execute(fixture.dataSource, sql`alter table execution rename to execution_away`);
    const warned = Promise.withResolvers<string>();
    const logger = pino({ level: 'warn' }, { write: warned.resolve });
    const writing = new ResultWriter(fixture.dataSource, fixture.box, logger).write(finished(id!));
    expect(await warned.promise).toContain('results cannot be written; trying again');
    await execute(fixture.dataSource, sql`alter table execution_away rename to execution`);
    await writing;
    expect(await fixture.execution(id!)).toMatchObject({ status: 'completed' });
  });
});
