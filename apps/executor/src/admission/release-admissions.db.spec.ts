import { moveExecutions, QUEUE, sql } from '@attune/common';
import { TERMINAL_EXECUTION_STATUSES } from '@attune/engine';
import { testKinds } from '@attune/testing';
import { dieAtEachStatement } from '../fixture/die-at-each-statement.js';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { ReconcileExecutionsService } from '../monitor/reconcile-executions.service.js';
import { AdmissionFixture } from '../fixture/admission-fixture.js';

describe.each(testKinds())('slots are given back and on (%s)', (kind) => {
  let given: ExecutorFixture;
  let slots: AdmissionFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create({ kind });
    slots = new AdmissionFixture(given);
  });

  beforeEach(async () => {
    await given.reset();
    await given.worker('one', { slots: null });
  });

  afterAll(() => given.close());

  const place = () => given.placeAll();
  const release = () => given.releaseAll();
  const dispatched = async () => (await given.dispatches()).map(({ execution }) => execution);

  describe('the triggers', () => {
    it.each(TERMINAL_EXECUTION_STATUSES)(
      'free the slot in the statement that makes an execution %s',
      async (status) => {
        await slots.policy('demo.limit', { threshold: 2 });
        const [first, second, third] = await slots.executions(3);
        await place();
        await slots.end(status, first!);
        expect(await slots.active()).toEqual([second]);
        expect((await given.messages()).map(({ topic, payload }) => [topic, payload['completed']])).toEqual([
          ['admission.released', 1],
        ]);
        await release();
        expect(await slots.active()).toEqual([second, third]);
        expect(await dispatched()).toContain(third);
      },
    );

    it('free nothing when the transaction is rolled back, or nothing ends', async () => {
      await slots.policy('demo.limit');
      const ids = await slots.executions(2);
      await place();
      const rolledBack = given.dataSource.transaction(async (db) => {
        await moveExecutions(db, [{ id: ids[0]!, status: 'cancelled' }], { from: ['scheduled'] });
        throw new Error('back');
      });
      await expect(rolledBack).rejects.toThrow('back');
      await given.run(sql`update execution set status = 'running' where id = ${ids[0]}`);
      await given.run(sql`update execution set status = 'canceling' where id = ${ids[0]}`);
      expect([await slots.active(), await slots.queued(), await given.messages()]).toEqual([[ids[0]], [ids[1]], []]);
    });

    it('free the slots of a whole statement with one message for each group', async () => {
      await slots.policy('demo.limit', { threshold: 3, parameters: ['n'] });
      const a = await slots.executions(3, 'demo.act', { n: 1 });
      const b = await slots.executions(2, 'demo.act', { n: 2 });
      await place();
      await slots.end('completed', ...a, ...b);
      expect(await slots.entries()).toEqual([]);
      expect((await given.messages()).map(({ payload }) => payload['completed'])).toEqual([3, 2]);
    });

    it('free the slot of an execution that is deleted', async () => {
      await slots.policy('demo.limit');
      const [first, second] = await slots.executions(2);
      await place();
      await given.run(sql`delete from execution where id = ${first}`);
      await release();
      expect(await slots.active()).toEqual([second]);
    });

    it('give up the queue place of one that is cancelled while it waits', async () => {
      await slots.policy('demo.limit');
      const [first, second, third] = await slots.executions(3);
      await place();
      await slots.end('cancelled', second!);
      await release();
      expect(await slots.active()).toEqual([first]);
      await slots.end('completed', first!);
      await release();
      expect(await slots.active()).toEqual([third]);
    });

    it('write nothing while no execution is limited', async () => {
      const ids = await slots.executions(2);
      await place();
      await slots.end('completed', ...ids);
      expect(await given.messages()).toEqual([]);
    });
  });

  describe('whoever ends the execution', () => {
    const causes: Record<string, (id: number) => Promise<unknown>> = {
      'a monitor, because its worker is dead': async (id) => {
        await given.run(sql`update execution set status = 'running' where id = ${id}`);
        await given.run(sql`update worker set last_heartbeat = now() - interval '2 minutes'`);
        return new ReconcileExecutionsService(given.dataSource, given.config, given.logger).reconcile();
      },
      'a monitor, because its worker does not take it': async (id) => {
        await given.age(320, id);
        return new ReconcileExecutionsService(given.dataSource, given.config, given.logger).reconcile();
      },
      'the scheduler, because its message was given up': async (id) => {
        await given.run(sql`update execution set status = 'requested', worker = null where id = ${id}`);
        const message = { id: 1, topic: 'execution.requested', payload: { execution_id: id }, attempt: 10 };
        return given.dataSource.transaction((db) => given.placing().giveUp(db, message, 'it never worked'));
      },
      'the scheduler, because its action was disabled meanwhile': async (id) => {
        await given.run(sql`update execution set status = 'requested', worker = null where id = ${id}`);
        await given.run(sql`update action set enabled = false`);
        await given.run(sql`
          insert into outbox_message (queue, topic, payload)
          values (${QUEUE.executorExecutions}, 'execution.requested', jsonb_build_object('execution_id', ${id}::bigint))`);
        await place();
        return given.run(sql`update action set enabled = true`);
      },
    };

    it.each(Object.entries(causes))('the next one goes on: %s', async (_, end) => {
      await slots.policy('demo.limit');
      const [first, second] = await slots.executions(2);
      await place();
      await end(first!);
      expect(['failed', 'abandoned']).toContain(await slots.statusOf(first!));
      await release();
      expect(await slots.active()).toEqual([second]);
    });

    it('keeps its slot when it is only taken back from a dead worker', async () => {
      await slots.policy('demo.limit');
      const [first] = await slots.executions(2);
      await place();
      await given.run(sql`update worker set last_heartbeat = now() - interval '2 minutes'`);
      await new ReconcileExecutionsService(given.dataSource, given.config, given.logger).reconcile();
      await given.worker('another');
      await place();
      expect(await slots.active()).toEqual([first]);
      expect(await dispatched()).toEqual([first]);
    });
  });

  it('lets those who wait go on in their order, never more than the threshold', async () => {
    await slots.policy('demo.limit', { threshold: 2 });
    const ids = await slots.executions(7);
    await place();
    for (let ended = 0; ended < ids.length; ended += 2) {
      expect(await slots.active()).toEqual(ids.slice(ended, ended + 2));
      expect(await slots.queued()).toEqual(ids.slice(ended + 2));
      await slots.end('completed', ...ids.slice(ended, ended + 2));
      await release();
    }
    expect(await slots.entries()).toEqual([]);
    const [state] = await given.run<{ enqueued: number; completed: number }>(sql`
      select s.total_enqueued as enqueued, s.total_completed as completed from execution_admission_state as s`);
    expect(state).toEqual({ enqueued: 7, completed: 7 });
  });

  it('skips one that is leaving the queue and looks again soon', async () => {
    await slots.policy('demo.limit');
    const [first, second] = await slots.executions(2);
    await place();
    await slots.end('completed', first!);
    await given.dataSource
      .transaction(async (db) => {
        await db.query(`update execution set status = 'cancelled' where id = ${String(second)}`);
        await release();
        expect(await slots.queued()).toEqual([second]);
        throw new Error('it stays after all');
      })
      .catch(() => undefined);
    const [again] = await given.messages();
    expect(again?.delayMs).toBeGreaterThan(0);
    await given.run(sql`update outbox_message set available_at = now()`);
    await release();
    expect(await slots.active()).toEqual([second]);
  });

  describe('a policy that changes while executions wait', () => {
    const waiting = async (count = 3, more = {}) => {
      await slots.policy('demo.limit', more);
      const ids = await slots.executions(count + 1);
      await place();
      expect(await slots.queued()).toEqual(ids.slice(1));
      return ids;
    };

    it('lets more go on when its threshold is raised', async () => {
      const ids = await waiting();
      await given.run(sql`update policy set threshold = 3`);
      await release();
      expect(await slots.active()).toEqual(ids.slice(0, 3));
      expect(await slots.queued()).toEqual(ids.slice(3));
    });

    it('lets nobody go on until fewer are active when its threshold is lowered', async () => {
      await slots.policy('demo.limit', { threshold: 3 });
      const ids = await slots.executions(5);
      await place();
      await given.run(sql`update policy set threshold = 1`);
      await slots.end('completed', ids[0]!, ids[1]!);
      await release();
      expect(await slots.active()).toEqual([ids[2]]);
      await slots.end('completed', ids[2]!);
      await release();
      expect(await slots.active()).toEqual([ids[3]]);
    });

    it.each([
      ['disabled', sql`update policy set enabled = false`],
      ['deleted', sql`delete from policy`],
    ])('lets all of them go on in their order when it is %s', async (_, change) => {
      const ids = await waiting();
      await given.age(1_000, ...ids);
      await given.run(sql`update worker set cordoned = true`);
      await given.run(change);
      await release();
      expect(await slots.announced()).toEqual(ids.slice(1));
      // A thousand seconds in the queue are not a thousand seconds without a worker.
      expect(new Set((await given.executions()).slice(1).map(({ status }) => status))).toEqual(new Set(['requested']));
      await given.run(sql`update worker set cordoned = false`);
      await given.run(sql`update outbox_message set available_at = now()`);
      await place();
      expect(await dispatched()).toEqual(ids);
      await slots.end('completed', ...ids);
      expect(await slots.entries()).toEqual([]);
    });

    it('gives them to the policy that applies instead', async () => {
      const ids = await waiting();
      await slots.policy('demo.newer', { threshold: 2 });
      await release();
      expect((await slots.entries()).map(({ execution, status, policyRef }) => [execution, status, policyRef])).toEqual(
        [
          [ids[0], 'active', 'demo.limit'],
          [ids[1], 'active', 'demo.newer'],
          [ids[2], 'active', 'demo.newer'],
          [ids[3], 'queued', 'demo.newer'],
        ],
      );
    });

    it('groups them anew when it groups by other parameters', async () => {
      await slots.policy('demo.limit');
      const ids = [
        ...(await slots.executions(2, 'demo.act', { n: 1 })),
        ...(await slots.executions(2, 'demo.act', { n: 2 })),
      ];
      await place();
      await given.run(sql`update policy set parameters = '{n}'`);
      await release();
      expect(await slots.active()).toEqual(ids.slice(0, 3));
      expect(await slots.queued()).toEqual(ids.slice(3));
    });

    it('leaves them alone when nothing about them changes', async () => {
      const ids = await waiting();
      await slots.policy('demo.elsewhere', { action: 'demo.other' });
      await given.run(sql`update policy set description = 'new', method = 'cancel' where ref = 'demo.limit'`);
      await release();
      expect([await slots.active(), await slots.queued(), await given.messages()]).toEqual([
        [ids[0]],
        ids.slice(1),
        [],
      ]);
      const [late] = await slots.executions(1);
      await place();
      expect(await slots.statusOf(late!)).toBe('cancelled');
    });
  });

  it('survives a death before any statement, here and where executions are let in', async () => {
    await slots.policy('demo.limit', { threshold: 1 });
    const ids = await slots.executions(3);
    const placing = given.placing();
    const untouched = async () => expect([await slots.entries(), await dispatched()]).toEqual([[], []]);
    const admitting = await dieAtEachStatement(
      given,
      QUEUE.executorExecutions,
      (db, messages) => placing.handle(db, messages),
      untouched,
    );
    expect(admitting).toBeGreaterThan(8);
    expect([await slots.active(), await slots.queued()]).toEqual([ids.slice(0, 1), ids.slice(1)]);
    await slots.end('completed', ids[0]!);
    const releasing = given.releasing();
    const deaths = await dieAtEachStatement(
      given,
      QUEUE.executorAdmission,
      (db, messages) => releasing.handle(db, messages),
      async () => expect([await slots.active(), await slots.announced()]).toEqual([[], []]),
    );
    expect(deaths).toBeGreaterThan(3);
    expect([await slots.active(), await slots.announced()]).toEqual([[ids[1]], [ids[1]]]);
  });
});
