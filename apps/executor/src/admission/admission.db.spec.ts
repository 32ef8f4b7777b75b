import { sql } from '@attune/common';
import { MAX_QUEUE_LENGTH, REDACTED_SECRET } from '@attune/engine';
import { testKinds } from '@attune/testing';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { AdmissionFixture } from '../fixture/admission-fixture.js';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;

describe.each(testKinds())('policies let executions in (%s)', (kind) => {
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
  const dispatched = async () => (await given.dispatches()).map(({ execution }) => execution);
  const resultOf = async (id: number) => (await given.executions()).find((row) => row.id === id)?.result;

  describe('scope', () => {
    it('limits nothing without a policy, and writes nothing', async () => {
      await slots.policy('demo.off', { enabled: false });
      await slots.policy('demo.other', { action: 'demo.other' });
      const ids = await slots.executions(3);
      await place();
      expect(await dispatched()).toEqual(ids);
      expect(await slots.entries()).toEqual([]);
    });

    it('applies the most specific enabled policy, and the newest of a scope', async () => {
      await slots.policy('demo.global', { action: null, threshold: 9 });
      await slots.policy('demo.pack', { pack: 'demo', threshold: 9 });
      await slots.policy('demo.old', { threshold: 9 });
      const newest = await slots.policy('demo.new');
      const limiting = async () => {
        await given.execution();
        await place();
        return (await slots.entries()).at(-1)?.policyRef;
      };
      const disable = (ref: string) => given.run(sql`update policy set enabled = false where ref = ${ref}`);
      expect(await limiting()).toBe('demo.new');
      await given.run(sql`delete from policy where id = ${newest}`);
      expect(await limiting()).toBe('demo.old');
      await disable('demo.old');
      expect(await limiting()).toBe('demo.pack');
      await disable('demo.pack');
      expect(await limiting()).toBe('demo.global');
    });

    it('counts pack and global limits over the whole scope', async () => {
      await given.action('demo.other');
      await slots.policy('demo.pack', { pack: 'demo', threshold: 2 });
      const ids = [await given.execution(), await given.execution('demo.other'), await given.execution('demo.other')];
      await place();
      expect(await dispatched()).toEqual(ids.slice(0, 2));
      expect(await slots.queued()).toEqual(ids.slice(2));
    });
  });

  describe('threshold and groups', () => {
    it('lets as many in as the threshold says and keeps the others requested, in order, without a message', async () => {
      await slots.policy('demo.limit', { threshold: 2 });
      const ids = await slots.executions(5);
      await place();
      expect(await dispatched()).toEqual(ids.slice(0, 2));
      expect(await slots.active()).toEqual(ids.slice(0, 2));
      expect(await slots.queued()).toEqual(ids.slice(2));
      expect(new Set((await given.executions()).slice(2).map(({ status }) => status))).toEqual(new Set(['requested']));
      expect(await given.messages()).toEqual([]);
      const [late] = await slots.executions(1);
      await place();
      expect(await slots.queued()).toEqual([...ids.slice(2), late]);
    });

    it('counts each combination of parameter values for itself, as the action gets them', async () => {
      await given.action('demo.typed', {
        schema: { region: { type: 'string', default: 'eu' }, host: { type: 'object' }, count: { type: 'integer' } },
      });
      await slots.policy('demo.limit', { action: 'demo.typed', parameters: ['region', 'host.name', 'count'] });
      const [a, b, c, d] = [
        await given.execution('demo.typed', { host: { name: 'x' }, count: '5' }),
        await given.execution('demo.typed', { region: 'eu', host: { name: 'x' }, count: 5, ignored: 1 }),
        await given.execution('demo.typed', { region: 'us', host: { name: 'x' }, count: 5 }),
        await given.execution('demo.typed'),
      ];
      await place();
      expect(await slots.active()).toEqual([a, c, d]);
      expect(await slots.queued()).toEqual([b]);
      expect((await slots.entries()).map(({ groupKey }) => groupKey).toSorted()).toEqual([
        '{"count":5,"host.name":"x","region":"eu"}',
        '{"count":5,"host.name":"x","region":"eu"}',
        '{"count":5,"host.name":"x","region":"us"}',
        '{"count":null,"host.name":null,"region":"eu"}',
      ]);
    });

    it('groups by secrets without storing them, and by texts of any length', async () => {
      await given.action('demo.typed', {
        schema: { token: { type: 'string', secret: true }, text: { type: 'string' } },
      });
      await slots.policy('demo.limit', { action: 'demo.typed', parameters: ['token', 'text'] });
      const ids: number[] = [];
      for (const token of ['hunter2', 'hunter2', 'hunter3']) {
        const id = await given.execution('demo.typed', { token: REDACTED_SECRET, text: 'x'.repeat(5_000) });
        await given.dataSource.transaction((db) =>
          given.secrets.store(db, 'execution_config', [
            { entityId: id, secrets: [{ pointer: '/token', value: token }] },
          ]),
        );
        ids.push(id);
      }
      const short = await given.execution('demo.typed', { token: 'plain by mistake', text: 'x' });
      await place();
      expect(await slots.active()).toEqual([ids[0], ids[2], short]);
      expect(await slots.queued()).toEqual([ids[1]]);
      const keys = new Map((await slots.entries()).map(({ execution, groupKey }) => [execution, groupKey]));
      expect([...keys.values()].join()).not.toMatch(/hunter|mistake/);
      expect(keys.get(ids[0]!)).toMatch(/^hmac-sha256:/);
      expect(keys.get(short)).toContain('"text":"x"');
    });
  });

  describe('method and limits', () => {
    it('cancels what finds no room when the policy says so', async () => {
      await slots.policy('demo.limit', { method: 'cancel' });
      const [first, second] = await slots.executions(2);
      await place();
      expect(await dispatched()).toEqual([first]);
      expect(await slots.statusOf(second!)).toBe('cancelled');
      expect(await resultOf(second!)).toEqual({
        error: 'Execution cancelled by policy',
        message: `Policy 'demo.limit' has no room for another execution of action 'demo.act'`,
        action_ref: 'demo.act',
        cancelled_by: 'execution_scheduler',
        cancelled_at: ISO,
      });
      expect((await slots.entries()).map(({ execution }) => execution)).toEqual([first]);
      await slots.end('completed', first!);
      const [third] = await slots.executions(1);
      await place();
      expect(await slots.active()).toEqual([third]);
    });

    it('fails what would make the queue longer than allowed', async () => {
      const policy = await slots.policy('demo.limit');
      await slots.executions(2);
      await place();
      await given.run(sql`
        insert into execution_admission_entry (state, execution, action_ref, queue_order)
        select s.id, n, 'demo.act', n + 100 from execution_admission_state as s, generate_series(1, ${MAX_QUEUE_LENGTH - 2}) as n
        where s.policy = ${policy}`);
      const [last, tooMany] = await slots.executions(2);
      await place();
      expect(await slots.statusOf(last!)).toBe('requested');
      expect(await slots.statusOf(tooMany!)).toBe('failed');
      expect(await resultOf(tooMany!)).toEqual({
        error: 'Queue full',
        message: `10000 executions wait already for policy 'demo.limit'`,
        action_ref: 'demo.act',
        failed_by: 'execution_scheduler',
        failed_at: ISO,
      });
    });

    it('waits until the window of a rate has room', async () => {
      await slots.policy('demo.limit', { threshold: 9, rate: { max: 2, window_seconds: 60 } });
      const ids = await slots.executions(3);
      await place();
      expect(await dispatched()).toEqual(ids.slice(0, 2));
      const [wake, ...others] = await given.messages();
      expect(others).toEqual([]);
      expect(wake).toMatchObject({ topic: 'admission.released' });
      expect(wake!.delayMs).toBeGreaterThan(55_000);
      expect(wake!.delayMs).toBeLessThan(61_000);
      // An end makes no room, and no second wake-up.
      await slots.end('completed', ids[0]!);
      await given.releaseAll();
      expect(await given.messages()).toHaveLength(1);
      await given.run(sql`
        update execution_admission_state
        set wake_at = now(), starts = (select jsonb_agg(jsonb_build_array((s ->> 0)::bigint - 61000, s -> 1)) from jsonb_array_elements(starts) as s)`);
      await given.run(sql`update outbox_message set available_at = now()`);
      await given.releaseAll();
      expect(await dispatched()).toEqual(ids);
      expect(await given.messages()).toEqual([]);
    });

    it('cancels what passes a quota, and forgets it in the next period', async () => {
      await slots.policy('demo.limit', { threshold: 9, quota: { max: 1, period: 'month' }, method: 'cancel' });
      const ids = await slots.executions(2);
      await place();
      expect(await slots.statusOf(ids[1]!)).toBe('cancelled');
      await slots.end('completed', ids[0]!);
      const [third] = await slots.executions(1);
      await place();
      expect(await slots.statusOf(third!)).toBe('cancelled');
      await given.run(sql`update execution_admission_state set quota_start = quota_start - interval '1 month'`);
      const [fourth] = await slots.executions(1);
      await place();
      expect(await slots.active()).toEqual([fourth]);
    });
  });

  describe('a slot', () => {
    it('is kept by an execution that waits for a worker, and is only one', async () => {
      await given.run(sql`update worker set cordoned = true`);
      await slots.policy('demo.limit', { threshold: 2 });
      const [id] = await slots.executions(1);
      for (let round = 0; round < 3; round += 1) {
        await place();
        await given.run(sql`update outbox_message set available_at = now()`);
      }
      expect(await slots.active()).toEqual([id]);
      await given.run(sql`update worker set cordoned = false`);
      await place();
      expect(await dispatched()).toEqual([id]);
      expect(await slots.active()).toEqual([id]);
    });

    it('is not needed by what cannot run at all', async () => {
      await given.action('demo.off', { enabled: false });
      await slots.policy('demo.limit', { action: null });
      await given.execution('demo.off');
      await given.execution('demo.gone');
      const [id] = await slots.executions(1);
      await place();
      expect(await slots.active()).toEqual([id]);
    });

    it('is given back when no worker can ever take the execution', async () => {
      await given.action('demo.ruby', { runtime: 'core.ruby' });
      await slots.policy('demo.limit', { action: 'demo.ruby' });
      const [id] = await slots.executions(1, 'demo.ruby');
      await place();
      expect(await slots.active()).toEqual([id]);
      await given.age(6, id!);
      await given.run(sql`update execution_admission_entry set activated_at = now() - interval '6 seconds'`);
      await given.run(sql`update outbox_message set available_at = now()`);
      await place();
      expect(await slots.statusOf(id!)).toBe('failed');
      expect(await slots.entries()).toEqual([]);
    });

    it('is got without the time in the queue counting as waiting for a worker', async () => {
      await slots.policy('demo.limit');
      const [first, second] = await slots.executions(2);
      await place();
      await given.age(1_000, second!);
      await given.run(sql`update worker set cordoned = true`);
      await slots.end('completed', first!);
      await given.releaseAll();
      expect(await slots.statusOf(second!)).toBe('requested');
      expect(await slots.announced()).toEqual([second]);
    });
  });

  it('leaves what somebody is changing for another look', async () => {
    await slots.policy('demo.limit');
    const [id] = await slots.executions(1);
    await given.dataSource.transaction(async (db) => {
      await db.query(`update execution set status = 'cancelled' where id = ${String(id)}`);
      await place();
      expect(await slots.entries()).toEqual([]);
    });
    expect(await given.messages()).toMatchObject([
      { topic: 'execution.requested', reason: 'it, or its policy, was being changed' },
    ]);
    await given.run(sql`update outbox_message set available_at = now()`);
    await place();
    expect([await slots.entries(), await given.messages()]).toEqual([[], []]);
  });
});
