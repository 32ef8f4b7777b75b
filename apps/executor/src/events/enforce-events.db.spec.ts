import { QUEUE, sql } from '@attune/common';
import { REDACTED_SECRET } from '@attune/engine';
import { dieAtEachStatement } from '../fixture/die-at-each-statement.js';
import { engineSetups } from '../fixture/engine-setups.js';
import { ExecutorFixture } from '../fixture/executor-fixture.js';

describe.each(engineSetups())(
  'events become enforcements and executions ($kind, $transport)',
  ({ kind, transport }) => {
    let given: ExecutorFixture;

    beforeAll(async () => {
      given = await ExecutorFixture.create({ kind, transport });
    });

    beforeEach(() => given.reset());

    afterAll(() => given.close());

    it('makes one of each for every rule that matches', async () => {
      const rule = await given.rule('demo.all', {
        params: {
          who: '{{ event.payload.user }}',
          text: 'by {{ system.rule.ref }} at {{ pack.config.url }}',
          raw: '{{ event.payload }}',
        },
        conditions: [{ field: 'user', operator: 'exists' }],
      });
      await given.rule('demo.never', { conditions: [{ field: 'user', operator: 'equals', value: 'nobody' }] });
      await given.rule('demo.off', { enabled: false });
      const event = await given.event('{"user": "Ada"}');
      await given.enforceAll();

      const [enforcement, ...others] = await given.enforcements();
      expect(others).toEqual([]);
      const config = { who: 'Ada', text: 'by demo.all at https://demo', raw: { user: 'Ada' } };
      expect(enforcement).toMatchObject({
        rule,
        rule_ref: 'demo.all',
        trigger_ref: 'demo.hook',
        event,
        config,
        condition: 'all',
        conditions: [{ field: 'user', operator: 'exists' }],
        status: 'processed',
        payload: '{"user": "Ada"}',
      });
      expect(enforcement?.resolved_at).not.toBeNull();
      const [execution, ...more] = await given.executions();
      expect(more).toEqual([]);
      expect(execution).toMatchObject({
        action_ref: 'demo.act',
        status: 'requested',
        config,
        enforcement: enforcement?.id,
        rule_ref: 'demo.all',
        trigger_ref: 'demo.hook',
        executor: 1,
        permission_set_refs: ['demo.default'],
        artifact_retention_policy: 'versions',
        artifact_retention_limit: 5,
        worker: null,
        result: null,
      });
      expect(await given.messages()).toMatchObject([
        { queue: 'executor.executions', topic: 'execution.requested', payload: { execution_id: execution?.id } },
      ]);
    });

    it('gives an execution that nothing holds back to a worker in the same step', async () => {
      await given.rule('demo.all', { params: { text: '{{ event.payload.user }}' } });
      const worker = await given.worker('one');
      await given.event('{"user": "Ada"}');
      await given.enforceAll();
      const [execution, ...others] = await given.executions();
      expect(others).toEqual([]);
      expect(execution).toMatchObject({ status: 'scheduled', worker, config: { text: 'Ada' } });
      expect(await given.messages()).toEqual([]);
      expect(await given.run(sql`select d.execution, d.worker, d.action_ref from dispatch as d`)).toEqual([
        { execution: execution?.id, worker, action_ref: 'demo.act' },
      ]);
    });

    it('tells at once what can never run, and leaves to the queue what must wait for room', async () => {
      await given.action('demo.strict', { schema: { count: { type: 'integer', required: true } } });
      await given.rule('demo.broken', { action: 'demo.strict', params: { count: 'many' } });
      await given.rule('demo.crowded');
      const worker = await given.worker('one', { slots: 1 });
      for (let event = 0; event < 6; event += 1) await given.event('{}');
      await given.enforceAll();
      const executions = await given.executions();
      const refused = executions.filter(({ action_ref }) => action_ref === 'demo.strict');
      expect(refused).toHaveLength(6);
      for (const { status, result } of refused) {
        expect(status).toBe('failed');
        expect(result).toMatchObject({ failed_by: 'execution_scheduler', succeeded: false });
      }
      const placed = executions.filter(({ action_ref }) => action_ref === 'demo.act');
      expect(placed.map(({ status }) => status)).toEqual([...Array<string>(5).fill('scheduled'), 'requested']);
      expect(await given.messages()).toMatchObject([
        { topic: 'execution.requested', payload: { execution_id: placed.at(-1)?.id, waits_for: [worker] } },
      ]);
    });

    it('lets nobody overtake an execution that waits for room', async () => {
      await given.trigger('demo.other');
      await given.action('demo.snake', { runtime: 'core.python' });
      await given.rule('demo.shell');
      await given.rule('demo.python', { trigger: 'demo.other', action: 'demo.snake' });
      const full = await given.worker('full', { slots: 1, runtimes: { shell: [] } });
      const free = await given.worker('free', { runtimes: { python: ['3.12.1'] } });
      for (let count = 0; count < 6; count += 1) await given.event();
      await given.enforceAll();
      const [first] = await given.executions();
      // Room again, but the sixth has not come back for it yet.
      await given.run(sql`update execution set status = 'cancelled' where id = ${first?.id}`);
      await given.event();
      await given.event('{}', 'demo.other');
      await given.enforceAll();
      expect((await given.executions()).map(({ status, worker }) => [status, worker])).toEqual([
        ['cancelled', full],
        ...Array<unknown>(4).fill(['scheduled', full]),
        ['requested', null],
        ['requested', null],
        ['scheduled', free],
      ]);
    });

    it('executes as the owner of the rule, with the rights the rule names', async () => {
      const [{ id: owner }] = (await given.run<{ id: number }>(
        sql`insert into identity (login) values (${`owner-${Date.now()}`}) returning id`,
      )) as [{ id: number }];
      await given.rule('demo.mine', { owner, permissionSets: ['core.viewer'] });
      await given.rule('demo.bare', { permissionSets: [] });
      await given.event();
      await given.enforceAll();
      expect(await given.executions()).toMatchObject([
        { rule_ref: 'demo.mine', executor: owner, permission_set_refs: ['core.viewer'] },
        { rule_ref: 'demo.bare', executor: 1, permission_set_refs: [] },
      ]);
    });

    it('stores no parameters as null, and numbers of any size exactly', async () => {
      await given.rule('demo.empty');
      await given.rule('demo.big', { params: { id: '{{ event.payload.id }}' } });
      await given.event('{"id": 12345678901234567890}');
      await given.enforceAll();
      const rows = await given.run<{ rule_ref: string; config: string | null; payload: string }>(
        sql`select n.rule_ref, e.config::text as config, n.payload::text as payload
          from enforcement as n join execution as e on e.enforcement = n.id order by n.rule`,
      );
      expect(rows).toEqual([
        { rule_ref: 'demo.empty', config: null, payload: '{"id": 12345678901234567890}' },
        { rule_ref: 'demo.big', config: '{"id": 12345678901234567890}', payload: '{"id": 12345678901234567890}' },
      ]);
    });

    it('keeps secret parameters out of every row and message, and gives them to the execution sealed', async () => {
      await given.action('demo.secret', {
        schema: { token: { type: 'string', secret: true }, user: { type: 'string' } },
      });
      await given.rule('demo.tell', { action: 'demo.secret', params: { token: 'x-{{ event.id }}', user: 'Ada' } });
      const event = await given.event();
      await given.enforceAll();
      const [enforcement] = await given.enforcements();
      const [execution] = await given.executions();
      expect(enforcement?.config).toEqual({ token: REDACTED_SECRET, user: 'Ada' });
      expect(execution?.config).toEqual({ token: REDACTED_SECRET, user: 'Ada' });
      const opened = await given.dataSource.transaction((db) =>
        given.secrets.open(db, 'execution_config', [execution!.id]),
      );
      expect(opened.get(execution!.id)).toEqual([{ pointer: '/token', value: `x-${event}` }]);
      const stored = await given.run<{ text: string }>(sql`
      select row_to_json(x)::text as text from execution as x union all
      select row_to_json(x)::text from enforcement as x union all
      select row_to_json(x)::text from execution_secret_value as x union all
      select row_to_json(x)::text from execution_history as x union all
      select row_to_json(x)::text from outbox_message as x`);
      expect(stored.filter(({ text }) => text.includes(`x-${event}`))).toEqual([]);
      expect(stored.length).toBeGreaterThan(4);
    });

    it('runs no rules of a disabled trigger or pack, and only the one an event names', async () => {
      await given.trigger('demo.off', false);
      await given.rule('demo.of_off', { trigger: 'demo.off' });
      await given.rule('demo.one');
      await given.rule('demo.two');
      await given.rule('demo.three', { enabled: false });
      await given.event('{}', 'demo.off');
      await given.event('{}', 'demo.hook', 'demo.two');
      await given.event('{}', 'demo.hook', 'demo.three');
      await given.event('{}', 'demo.hook', 'demo.gone');
      await given.enforceAll();
      expect((await given.enforcements()).map(({ rule_ref }) => rule_ref)).toEqual(['demo.two']);
      await given.run(sql`update pack set enabled = false`);
      await given.event();
      await given.enforceAll();
      expect(await given.enforcements()).toHaveLength(1);
    });

    it('records a match whose action is disabled or gone, without an execution', async () => {
      await given.action('demo.off', { enabled: false });
      await given.rule('demo.to_off', { action: 'demo.off', params: { a: 1 } });
      await given.rule('demo.to_gone', { action: 'demo.gone', params: { token: 'maybe secret' } });
      await given.event();
      await given.enforceAll();
      expect(await given.enforcements()).toMatchObject([
        { rule_ref: 'demo.to_off', status: 'disabled', config: { a: 1 } },
        { rule_ref: 'demo.to_gone', status: 'disabled', config: null },
      ]);
      expect(await given.executions()).toEqual([]);
      expect(await given.messages()).toEqual([]);
    });

    it('lets no error of one rule reach the others', async () => {
      await given.rule('demo.bad_condition', { conditions: { expression: '1 +' } });
      await given.rule('demo.bad_operator', { conditions: [{ field: 'a', operator: 'like' }] });
      await given.rule('demo.bad_template', { params: { a: '{{ nope() }}', b: 'fine' } });
      await given.rule('demo.too_large', { params: { a: Array<string>(12).fill('{{ event.payload.text }}') } });
      await given.rule('demo.good');
      await given.event(JSON.stringify({ text: 'x'.repeat(1_000_000) }));
      await given.enforceAll();
      const executions = await given.executions();
      expect(executions.map(({ rule_ref, status, config }) => ({ rule_ref, status, config }))).toEqual([
        { rule_ref: 'demo.bad_template', status: 'requested', config: { a: null, b: 'fine' } },
        { rule_ref: 'demo.too_large', status: 'failed', config: null },
        { rule_ref: 'demo.good', status: 'requested', config: null },
      ]);
      expect(executions[1]?.result).toEqual({
        error: "The parameters of rule 'demo.too_large' cannot be rendered: the value is larger than 10 MiB",
        succeeded: false,
        failed_by: 'rule_engine',
        failed_at: expect.any(String) as string,
      });
    });

    it('passes over events that are gone and gives up messages that carry nothing', async () => {
      const event = await given.event();
      await given.run(sql`delete from event where id = ${event}`);
      await given.enforceAll();
      expect(await given.messages()).toEqual([]);
      await given.run(
        sql`insert into outbox_message (queue, topic, payload) values (${QUEUE.executorEvents}, 'event.created', '{}')`,
      );
      await given.rule('demo.good');
      await given.event();
      await given.enforceAll();
      expect(await given.executions()).toHaveLength(1);
      expect(await given.messages()).toMatchObject([
        { topic: 'event.created', reason: expect.stringContaining('carries no event_id') as string },
        { topic: 'execution.requested' },
      ]);
    });

    it('acts on each event once, with two executors at work at the same time', async () => {
      await given.rule('demo.one');
      await given.rule('demo.two');
      const events = await Promise.all(Array.from({ length: 60 }, () => given.event()));
      const consumers = [given.enforcing(), given.enforcing()].map((service) =>
        given.consumer(QUEUE.executorEvents, async (db, messages) => {
          for (const part of [messages.slice(0, 7), messages.slice(7)])
            if (part.length > 0) await service.handle(db, part);
        }),
      );
      const waiting = async () => (await given.messages()).filter(({ queue }) => queue === QUEUE.executorEvents).length;
      while ((await waiting()) > 0) await Promise.all(consumers.map((consumer) => consumer.consumeOnce()));
      await expectOncePerRule(given, events, ['demo.one', 'demo.two']);
    });

    it('acts once, whichever statement the process dies at', async () => {
      await given.rule('demo.one', { params: { id: '{{ event.id }}' } });
      const events = await Promise.all(Array.from({ length: 5 }, () => given.event()));
      const service = given.enforcing();
      const deaths = await dieAtEachStatement(
        given,
        QUEUE.executorEvents,
        (db, messages) => service.handle(db, messages),
        async () => {
          expect(await given.enforcements()).toEqual([]);
          expect(await given.messages()).toHaveLength(5);
        },
      );
      expect(deaths).toBeGreaterThanOrEqual(6);
      await expectOncePerRule(given, events, ['demo.one']);
    });
  },
);

async function expectOncePerRule(
  given: ExecutorFixture,
  events: readonly number[],
  rules: readonly string[],
): Promise<void> {
  const pairs = (await given.enforcements()).map(({ event, rule_ref }) => `${event} ${rule_ref}`);
  expect(pairs.toSorted()).toEqual(events.flatMap((event) => rules.map((rule) => `${event} ${rule}`)).toSorted());
  const executions = await given.executions();
  expect(executions.map(({ enforcement }) => enforcement).toSorted()).toEqual(
    (await given.enforcements()).map(({ id }) => id).toSorted(),
  );
  const announced = (await given.messages()).map(({ payload }) => payload['execution_id']);
  expect(announced.toSorted()).toEqual(executions.map(({ id }) => id).toSorted());
}
