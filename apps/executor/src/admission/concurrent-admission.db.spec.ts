import { moveExecutions, QUEUE, sql } from '@attune/common';
import { testKinds } from '@attune/testing';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { AdmissionFixture } from '../fixture/admission-fixture.js';
import { RepairAdmissionsService } from './repair-admissions.service.js';

const THRESHOLD = 3;
const EXECUTIONS = 60;

describe.each(testKinds())('several executors at the same policy (%s)', (kind) => {
  let given: ExecutorFixture;
  let slots: AdmissionFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create({ kind });
    slots = new AdmissionFixture(given);
    // What each slot that is given out sees, from inside the transaction that gives it.
    await given.dataSource.query(`
      create table slot_log (
        id bigint generated always as identity, transaction xid8, state bigint, execution bigint, queue_order bigint, active int)`);
    await given.dataSource.query(`
      create function log_slot() returns trigger language plpgsql as $$
      begin
        insert into slot_log (transaction, state, execution, queue_order, active)
        select pg_current_xact_id(), new.state, new.execution, new.queue_order,
          (select count(*) from execution_admission_entry as a where a.state = new.state and a.status = 'active');
        return null;
      end $$`);
    await given.dataSource.query(`
      create trigger log_slot after insert or update on execution_admission_entry
        for each row when (new.status = 'active') execute function log_slot()`);
  });

  beforeEach(async () => {
    await given.reset();
    await given.dataSource.query('truncate slot_log');
    await given.worker('one', { slots: null });
  });

  afterAll(() => given.close());

  /** One process that does its own small batches for as long as the others work. */
  const executor = () => {
    const [placing, releasing] = [given.placing(), given.releasing()];
    const consumers = [
      given.consumer(QUEUE.executorExecutions, (db, messages) => placing.handle(db, messages), 4),
      given.consumer(QUEUE.executorAdmission, (db, messages) => releasing.handle(db, messages), 2),
    ];
    return async (isOver: () => boolean): Promise<void> => {
      while (!isOver()) for (const consumer of consumers) await consumer.consumeOnce();
    };
  };

  /** Always the same numbers between 0 and 1. */
  const seeded = (seed: number) => (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;

  const arrive = async (): Promise<void> => {
    for (let index = 0; index < EXECUTIONS; index += 1) await given.execution('demo.act', { n: index % 2 });
  };

  /** Ends or cancels some of the executions, two at a time, in one transaction and in no order. Gives how many ended. */
  const endSome = async (random: () => number): Promise<number> => {
    const live = await given.run<{ id: number; status: 'requested' | 'scheduled' }>(sql`
      select e.id, e.status from execution as e
      where e.status in ('requested', 'scheduled')
      order by e.status = 'scheduled' desc, e.id`);
    const chosen = live
      .filter(({ status }) => random() < (status === 'scheduled' ? 0.6 : 0.05))
      .slice(0, 2)
      .sort(() => random() - 0.5);
    return given.dataSource.transaction(async (db) => {
      let ended = 0;
      for (const { id } of chosen) {
        const moved = await moveExecutions(db, [{ id, status: 'cancelled' }], { from: ['requested', 'scheduled'] });
        ended += moved.length;
      }
      return ended;
    });
  };

  it('never gives out more slots than there are, keeps the order, and forgets nobody', async () => {
    await slots.policy('demo.limit', { threshold: THRESHOLD, parameters: ['n'] });
    const random = seeded(7);
    let ended = 0;
    const isOver = (): boolean => ended >= EXECUTIONS;
    const finish = async (): Promise<void> => {
      while (!isOver()) ended += await endSome(random);
    };
    await Promise.all([arrive(), finish(), executor()(isOver), executor()(isOver), executor()(isOver)]);

    const log = await given.run<{ state: number; transaction: string; order: number; active: number }>(sql`
      select l.state, l.transaction::text, l.queue_order as "order", l.active from slot_log as l order by l.id`);
    expect(log.length).toBeGreaterThan(THRESHOLD * 2);
    expect(Math.max(...log.map(({ active }) => active))).toBeLessThanOrEqual(THRESHOLD);
    for (const ofState of Map.groupBy(log, ({ state }) => state).values()) {
      const batches = [...Map.groupBy(ofState, ({ transaction }) => transaction).values()];
      const orders = batches.flatMap((batch) => batch.map(({ order }) => order).sort((a, b) => a - b));
      expect(orders).toEqual(orders.toSorted((a, b) => a - b));
    }
    await given.releaseAll();
    expect(await slots.entries()).toEqual([]);
    const repairing = new RepairAdmissionsService(given.dataSource, given.logger);
    expect(await repairing.repair()).toEqual({ removedEntries: 0, releasedGroups: 0 });
  }, 120_000);

  it('forgets nobody while policies come, change and go', async () => {
    const random = seeded(11);
    const changes = [
      sql`update policy set enabled = not enabled where ref = 'demo.limit'`,
      sql`update policy set parameters = case parameters when '{}' then '{n}' else '{}'::text[] end`,
      sql`update policy set threshold = 1 + threshold % 3`,
      sql`delete from policy where ref = 'demo.limit'`,
      sql`insert into policy (ref, name, action_ref, threshold) values ('demo.limit', 'Limit', 'demo.act', 1) on conflict do nothing`,
      sql`insert into policy (ref, name, scope_pack_ref, threshold) values ('demo.pack', 'Pack', 'demo', 1) on conflict do nothing`,
      sql`delete from policy where ref = 'demo.pack'`,
    ];
    let ended = 0;
    const isOver = (): boolean => ended >= EXECUTIONS;
    const finish = async (): Promise<void> => {
      while (!isOver()) ended += await endSome(random);
    };
    const change = async (): Promise<void> => {
      while (!isOver()) await given.run(changes[Math.floor(random() * changes.length)]!);
    };
    await Promise.all([arrive(), finish(), change(), executor()(isOver), executor()(isOver)]);
    await given.releaseAll();
    expect(await slots.entries()).toEqual([]);
  }, 120_000);

  it('lets one in when two look at the same execution', async () => {
    await slots.policy('demo.limit', { threshold: 5 });
    const [id] = await slots.executions(1);
    await given.run(sql`
      insert into outbox_message (queue, topic, payload)
      select o.queue, o.topic, o.payload from outbox_message as o, generate_series(1, 5)`);
    const placing = given.placing();
    const consumers = [1, 2, 3].map(() =>
      given.consumer(QUEUE.executorExecutions, (db, messages) => placing.handle(db, messages), 2),
    );
    await Promise.all(consumers.map((consumer) => consumer.consumeOnce()));
    await given.run(sql`update outbox_message set available_at = now()`);
    await given.placeAll();
    expect(await slots.active()).toEqual([id]);
    expect(await given.dispatches()).toHaveLength(1);
  });
});
