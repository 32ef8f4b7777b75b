import { sql } from '@attune/common';
import { testKinds } from '@attune/testing';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { LostExecutionsService } from '../recovery/lost-executions.service.js';
import { RecoverWorkService } from '../recovery/recover-work.service.js';
import { AdmissionFixture } from '../fixture/admission-fixture.js';
import { ExpireWaitsService } from './expire-waits.service.js';
import { RepairAdmissionsService } from './repair-admissions.service.js';

const NOTHING = { removedEntries: 0, releasedGroups: 0 };

describe.each(testKinds())('looking after those who wait for a policy (%s)', (kind) => {
  let given: ExecutorFixture;
  let slots: AdmissionFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create({ kind });
    slots = new AdmissionFixture(given);
  });

  beforeEach(async () => {
    await given.reset();
    await given.run(sql`truncate queue_stats`);
    await given.worker('one', { slots: null });
  });

  afterAll(() => given.close());

  const repair = () => new RepairAdmissionsService(given.dataSource, given.logger).repair();
  const expire = () => new ExpireWaitsService(given.dataSource, given.logger).expire();
  const recover = () => {
    const lost = new LostExecutionsService(given.transport.messaging, given.logger);
    return new RecoverWorkService(given.dataSource, given.starting, lost, given.logger).recover();
  };

  /** As if nobody had looked after the groups for so long. The `updated` trigger is kept out of it. */
  const forget = (seconds: number): Promise<void> =>
    given.dataSource.transaction(async (db) => {
      await db.query(`set local session_replication_role = replica`);
      await db.query(`update execution_admission_state set updated = now() - ${String(seconds)} * interval '1 second'`);
    });

  /** One that holds the slot and some that wait, with the triggers out of the way of what `break` does. */
  const waiting = async (count: number): Promise<number[]> => {
    const ids = await slots.executions(count + 1);
    await given.placeAll();
    return ids;
  };

  const withoutTriggers = (statement: string): Promise<void> =>
    given.dataSource.transaction(async (db) => {
      await db.query(`set local session_replication_role = replica`);
      await db.query(statement);
    });

  describe('the recovery sweep', () => {
    it('leaves those alone that have a place in a queue, and announces who holds a slot but has no message', async () => {
      await given.run(sql`update worker set cordoned = true`);
      await slots.policy('demo.limit');
      const [first, second] = await waiting(1);
      await given.age(31, first!, second!);
      expect(await recover()).toMatchObject({ announcedExecutions: 0 });
      await given.run(sql`delete from outbox_message`);
      expect(await recover()).toMatchObject({ announcedExecutions: 1 });
      expect(await slots.announced()).toEqual([first]);
    });
  });

  describe('the repair', () => {
    it('finds nothing while everything is in order', async () => {
      await slots.policy('demo.limit');
      await slots.policy('demo.rate', { action: 'demo.other', threshold: 9, rate: { max: 1, window_seconds: 3_600 } });
      await given.action('demo.other');
      await slots.executions(2, 'demo.other');
      const [first] = await waiting(2);
      await forget(60);
      expect(await repair()).toEqual(NOTHING);
      await slots.end('completed', first!);
      expect(await repair()).toEqual(NOTHING);
      await given.releaseAll();
      await forget(60);
      expect(await repair()).toEqual(NOTHING);
    });

    it('frees the slots of executions that have ended or are gone', async () => {
      await slots.policy('demo.limit');
      const [first, second, third] = await waiting(2);
      await withoutTriggers(`update execution set status = 'completed' where id = ${String(first)}`);
      await withoutTriggers(`delete from execution where id = ${String(second)}`);
      expect(await repair()).toEqual({ removedEntries: 2, releasedGroups: 0 });
      await given.releaseAll();
      expect(await slots.active()).toEqual([third]);
      expect(await repair()).toEqual(NOTHING);
    });

    it('wakes a group whose message was lost, after half a minute', async () => {
      await slots.policy('demo.limit');
      const [first, second] = await waiting(1);
      await slots.end('completed', first!);
      await given.run(sql`delete from outbox_message`);
      expect(await repair()).toEqual(NOTHING);
      await forget(31);
      expect(await repair()).toEqual({ removedEntries: 0, releasedGroups: 1 });
      expect(await repair()).toEqual(NOTHING);
      await given.releaseAll();
      expect(await slots.active()).toEqual([second]);
    });

    it('arranges the wake-up of a rate anew when it was lost', async () => {
      await slots.policy('demo.limit', { threshold: 9, rate: { max: 1, window_seconds: 60 } });
      await waiting(1);
      await given.run(sql`delete from outbox_message`);
      await forget(31);
      expect(await repair()).toEqual({ removedEntries: 0, releasedGroups: 1 });
      await given.releaseAll();
      expect(await given.messages()).toMatchObject([{ topic: 'admission.released' }]);
      await forget(31);
      expect(await repair()).toEqual(NOTHING);
    });

    it('frees those who wait for a policy that went without a trace, and removes its empty group', async () => {
      await slots.policy('demo.limit');
      const ids = await waiting(1);
      await given.run(sql`delete from policy`);
      await given.run(sql`delete from outbox_message`);
      await forget(31);
      expect(await repair()).toEqual({ removedEntries: 0, releasedGroups: 1 });
      await given.releaseAll();
      expect(await slots.active()).toEqual(ids);
      await slots.end('completed', ...ids);
      await repair();
      expect(await given.run(sql`select s.id from execution_admission_state as s`)).toEqual([]);
    });
  });

  describe('the timeout of a queue', () => {
    it('fails who has waited longer than the policy allows, and nobody else', async () => {
      await given.action('demo.other');
      await slots.policy('demo.limit', { queueTimeout: 60 });
      await slots.policy('demo.patient', { action: 'demo.other' });
      const patient = (await slots.executions(2, 'demo.other'))[1]!;
      const [first, second, third] = await waiting(2);
      expect(await expire()).toBe(0);
      await given.run(sql`
        update execution_admission_entry set enqueued_at = now() - interval '61.5 seconds'
        where execution = any(${[first, second, patient]}::bigint[])`);
      expect(await expire()).toBe(1);
      const rows = new Map((await given.executions()).map((row) => [row.id, row]));
      expect(rows.get(second!)).toMatchObject({
        status: 'failed',
        retry_reason: 'queue_timeout',
        result: {
          error: `Execution timeout: policy 'demo.limit' had no room within 60 seconds (waited for 61 seconds)`,
          action_ref: 'demo.act',
          failed_by: 'execution_timeout_monitor',
          timeout_seconds: 60,
          age_seconds: 61,
          original_status: 'requested',
        },
      });
      expect((await slots.queued()).toSorted((a, b) => a - b)).toEqual([patient, third]);
      expect(await expire()).toBe(0);
    });
  });

  describe('the statistics', () => {
    const stats = () =>
      given.run(sql`
        select q.action_ref as action, q.queue_length as queued, q.active_count as active, q.max_concurrent as max,
          q.oldest_enqueued_at is not null as waits, q.total_enqueued as enqueued, q.total_completed as completed
        from queue_stats as q order by q.action_ref`);

    it('tell of the policy of each action that came under it', async () => {
      await given.action('demo.other');
      await slots.policy('demo.pack', { pack: 'demo', threshold: 2 });
      const ids = [...(await slots.executions(3)), ...(await slots.executions(1, 'demo.other'))];
      expect(await stats()).toEqual([]);
      await given.placeAll();
      await given.queueStats.write();
      const shared = { max: 2, waits: true, queued: 2, active: 2, enqueued: 4, completed: 0 };
      expect(await stats()).toEqual([
        { action: 'demo.act', ...shared },
        { action: 'demo.other', ...shared },
      ]);
      await slots.end('completed', ids[0]!, ids[1]!);
      await given.releaseAll();
      await slots.end('completed', ids[2]!, ids[3]!);
      await given.releaseAll();
      await given.queueStats.write();
      const done = { max: 2, waits: false, queued: 0, active: 0, enqueued: 4, completed: 4 };
      expect(await stats()).toEqual([
        { action: 'demo.act', ...done },
        { action: 'demo.other', ...done },
      ]);
    });

    it('go to zero when the policy is gone', async () => {
      const policy = await slots.policy('demo.limit');
      await waiting(1);
      await given.queueStats.write();
      await given.run(sql`delete from policy where id = ${policy}`);
      await given.releaseAll();
      await given.queueStats.write();
      expect(await stats()).toEqual([
        { action: 'demo.act', max: 1, waits: false, queued: 0, active: 0, enqueued: 2, completed: 0 },
      ]);
    });
  });
});
