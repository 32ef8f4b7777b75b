import { endInquiry, execute, findInquiry, insertExecutions, moveExecutions, run, sql } from '@attune/common';
import { eventually } from '@attune/testing';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { InquiryDeadlinesService } from './inquiry-deadlines.service.js';
import { InquiryUpkeepService } from './inquiry-upkeep.service.js';

describe('the deadlines of inquiries', () => {
  let given: ExecutorFixture;
  let inquiries: InquiryDeadlinesService;

  beforeAll(async () => {
    given = await ExecutorFixture.create();
    inquiries = new InquiryDeadlinesService(given.dataSource);
  });
  afterAll(() => given.close());
  beforeEach(() => execute(given.dataSource, sql`delete from inquiry as i`));

  const execution = async (): Promise<number> => {
    const [id = 0] = await insertExecutions(given.dataSource, [
      { action: null, action_ref: 'demo.ask', executor: null },
    ]);
    return id;
  };
  const ask = async (
    options: { seconds?: number; execution?: number; defaultResponse?: unknown } = {},
  ): Promise<number> => {
    const [row] = await run<{ id: number }>(
      given.dataSource,
      sql`
      insert into inquiry (execution, prompt, timeout_at, default_response)
      values (
        ${options.execution ?? (await execution())}, 'Go on?',
        now() + ${options.seconds ?? null}::float8 * interval '1 second',
        ${options.defaultResponse === undefined ? null : JSON.stringify(options.defaultResponse)}::jsonb)
      returning id`,
    );
    return row?.id ?? 0;
  };
  const statusOf = async (id: number) => (await findInquiry(given.dataSource, id))?.status;

  it('time out what is overdue, and nothing else', async () => {
    const overdue = await ask({ seconds: -1 });
    const defaulted = await ask({ seconds: -2, defaultResponse: { approved: false } });
    const later = await ask({ seconds: 3600 });
    const never = await ask();
    const answered = await ask({ seconds: 3600 });
    expect(await endInquiry(given.dataSource, { id: answered, status: 'responded', response: true })).toBe(true);
    await execute(given.dataSource, sql`update inquiry as i set timeout_at = now() where i.id = ${answered}`);
    expect(await inquiries.timeOut()).toBe(2);
    expect(await findInquiry(given.dataSource, overdue)).toMatchObject({
      status: 'timeout',
      response: null,
      responded_at: null,
    });
    expect(await findInquiry(given.dataSource, defaulted)).toMatchObject({
      status: 'timeout',
      response: { approved: false },
    });
    expect(await Promise.all([later, never, answered].map(statusOf))).toEqual(['pending', 'pending', 'responded']);
    expect(await inquiries.timeOut()).toBe(0);
  });

  it('end each question once, however many look at the same time and however many there are', async () => {
    await execute(
      given.dataSource,
      sql`
      insert into inquiry (execution, prompt, timeout_at)
      select n, 'Go on?', now() - interval '1 second' from generate_series(1, 1200) as n`,
    );
    const others = [1, 2, 3].map(() => new InquiryDeadlinesService(given.dataSource).timeOut());
    const counts = await Promise.all([inquiries.timeOut(), ...others]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1200);
  });

  it('let an answer at the deadline win or lose, never both', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => ask({ seconds: 0.05 })));
    const answers = Promise.all(
      ids.map((id) => endInquiry(given.dataSource, { id, status: 'responded', response: true })),
    );
    await eventually(async () => {
      await inquiries.timeOut();
      expect(await Promise.all(ids.map(statusOf))).not.toContain('pending');
    });
    const accepted = await answers;
    expect(await Promise.all(ids.map(statusOf))).toEqual(accepted.map((won) => (won ? 'responded' : 'timeout')));
  });

  it('cancel the questions of executions that have ended since they asked, or are gone', async () => {
    const [ended, live] = [await execution(), await execution()];
    const pointless = await ask({ execution: ended });
    const useful = await ask({ execution: live });
    const orphan = await ask({ execution: 4096 });
    await moveExecutions(given.dataSource, [{ id: ended, status: 'cancelled' }], { from: ['requested'] });
    const over = await execution();
    await moveExecutions(given.dataSource, [{ id: over, status: 'cancelled' }], { from: ['requested'] });
    const afterwards = await ask({ execution: over });
    expect(await inquiries.cancelPointless()).toBe(2);
    expect(await Promise.all([pointless, useful, orphan, afterwards].map(statusOf))).toEqual([
      'cancelled',
      'pending',
      'cancelled',
      'pending',
    ]);
  });

  it('are looked after while the service runs', async () => {
    const upkeep = new InquiryUpkeepService(inquiries, given.logger);
    upkeep.onApplicationBootstrap();
    const overdue = await ask({ seconds: 0.1 });
    await eventually(async () => expect(await statusOf(overdue)).toBe('timeout'));
    await upkeep.beforeApplicationShutdown();
  });
});
