import { QUEUE, sql } from '@attune/common';
import { REDACTED_SECRET } from '@attune/engine';
import { testKinds } from '@attune/testing';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { LostExecutionsService } from './lost-executions.service.js';
import { RecoverWorkService } from './recover-work.service.js';

describe.each(testKinds())('work whose message is missing (%s)', (kind) => {
  let given: ExecutorFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create({ kind });
  });

  beforeEach(() => given.reset());

  afterAll(() => given.close());

  const recover = () => {
    const lost = new LostExecutionsService(given.transport.messaging, given.logger);
    return new RecoverWorkService(given.dataSource, given.starting, lost, given.logger).recover();
  };

  it('announces requested executions again that lie for half a minute without a message', async () => {
    const [lost, young, waiting, done] = [
      await given.execution(),
      await given.execution(),
      await given.execution(),
      await given.execution(),
    ];
    await given.run(sql`delete from outbox_message where (payload ->> 'execution_id')::bigint <> ${waiting}`);
    await given.run(sql`update execution set status = 'cancelled' where id = ${done}`);
    await given.age(31, lost, waiting, done);
    expect(await recover()).toEqual({ announcedExecutions: 1, resolvedEnforcements: 0 });
    expect((await given.messages()).map(({ queue, payload }) => [queue, payload['execution_id']])).toEqual([
      ['executor.executions', waiting],
      ['executor.executions', lost],
    ]);
    expect(await recover()).toEqual({ announcedExecutions: 0, resolvedEnforcements: 0 });
    expect(young).toBeGreaterThan(lost);
  });

  it('leaves alone what a consumer has in hand', async () => {
    const execution = await given.execution();
    await given.worker('one');
    await given.age(31, execution);
    const service = given.placing();
    await given
      .consumer(QUEUE.executorExecutions, async (db, messages) => {
        expect(await recover()).toEqual({ announcedExecutions: 0, resolvedEnforcements: 0 });
        await service.handle(db, messages);
      })
      .consumeOnce();
    expect(await given.messages()).toEqual([]);
    expect(await recover()).toEqual({ announcedExecutions: 0, resolvedEnforcements: 0 });
  });

  it('announces once when several executors look at the same time', async () => {
    const execution = await given.execution();
    await given.run(sql`delete from outbox_message`);
    await given.age(31, execution);
    await Promise.all([recover(), recover(), recover()]);
    expect(await given.messages()).toHaveLength(1);
  });

  it('acts on an enforcement that was left open', async () => {
    await given.action('demo.off', { enabled: false });
    const rules = [await given.rule('demo.good'), await given.rule('demo.late', { action: 'demo.off' }), null];
    const ids: number[] = [];
    for (const rule of rules) {
      // Half a minute old by its id, which says when it was made.
      const [row] = await given.run<{ id: number }>(sql`
        insert into enforcement (id, created, rule, rule_ref, trigger_ref, event, config)
        select n.id, time_id_created(n.id), ${rule}, 'demo.rule', 'demo.hook', 1, '{"token": {"$attune_secret": true, "redacted": true}}'
        from (select time_id() - 40000::bigint * 4096 as id) as n
        returning id`);
      ids.push(row!.id);
    }
    await given.dataSource.transaction((db) =>
      given.secrets.store(db, 'enforcement_config', [
        { entityId: ids[0]!, secrets: [{ pointer: '/token', value: 'abc' }] },
      ]),
    );
    expect(await recover()).toEqual({ announcedExecutions: 0, resolvedEnforcements: 3 });
    expect(new Map((await given.enforcements()).map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [ids[0], 'processed'],
        [ids[1], 'disabled'],
        [ids[2], 'disabled'],
      ]),
    );
    const [execution, ...others] = await given.executions();
    expect(others).toEqual([]);
    expect(execution).toMatchObject({
      enforcement: ids[0],
      action_ref: 'demo.act',
      status: 'requested',
      config: { token: REDACTED_SECRET },
    });
    const opened = await given.dataSource.transaction((db) =>
      given.secrets.open(db, 'execution_config', [execution!.id]),
    );
    expect(opened.get(execution!.id)).toEqual([{ pointer: '/token', value: 'abc' }]);
    expect(await recover()).toEqual({ announcedExecutions: 0, resolvedEnforcements: 0 });
  });
});
