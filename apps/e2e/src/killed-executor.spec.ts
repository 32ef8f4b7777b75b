import { eventually, type ServiceProcess } from '@attune/testing';
import { Installation } from './harness/installation.js';
import { createScenario, type Scenario } from './harness/scenario.js';

const RULES = ['kill.first', 'kill.second'];

/**
 * Kills the executor (`-9`) while it is held inside each of its steps. It is held by a lock on the table that the step
 * is about to write, so the place of death is exact: everything before that statement is done, nothing after it.
 */
describe('an executor that is killed', () => {
  let installation: Installation;
  let executor: ServiceProcess;
  let scenario: Scenario;

  beforeAll(async () => {
    installation = await Installation.create();
    [executor] = await Promise.all([installation.start('executor'), installation.start('worker')]);
    scenario = await createScenario(installation.url, installation.credentials, {
      name: 'kill',
      rules: [
        { name: 'first', actionRef: 'core.noop' },
        { name: 'second', actionRef: 'core.echo', parameters: { message: '{{ event.payload.n }}' } },
      ],
    });
  });

  afterAll(() => installation.close());

  it.each(['outbox_message', 'event', 'rule', 'enforcement', 'execution', 'worker', 'dispatch'])(
    'while it works on %s loses nothing and does nothing twice',
    async (table) => {
      await executor.stop();
      const events = [await scenario.post({ n: 1 }), await scenario.post({ n: 2 })];
      const holder = await installation.connect();
      await holder.query('begin');
      await holder.query(`lock table ${table} in access exclusive mode`);

      const victim = installation.spawn('executor');
      await eventually(async () => {
        const waiting = await installation.rows(
          `select a.pid from pg_stat_activity as a
           where a.wait_event_type = 'Lock' and a.application_name like 'attune-executor%'`,
        );
        expect(waiting.length).toBeGreaterThan(0);
      }, 30_000);
      await victim.kill();
      await holder.query('rollback');
      await holder.end();

      executor = await installation.start('executor');
      await installation.expectOnce(events, RULES);
    },
  );

  it('at random moments of a steady stream loses nothing and does nothing twice', async () => {
    const events: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const burst = Promise.all(Array.from({ length: 20 }, (_, n) => scenario.post({ n })));
      if (round % 2 === 0) await executor.kill();
      events.push(...(await burst));
      if (round % 2 === 0) executor = await installation.start('executor');
    }
    await installation.expectOnce(events, RULES);
  });

  it('does not stop the API, and its events wait', async () => {
    await executor.kill();
    const event = await scenario.post({ n: 99 });
    expect(await installation.rows(`select e.id from enforcement as e where e.event = $1`, [event])).toEqual([]);
    executor = await installation.start('executor');
    await installation.expectOnce([event], RULES);
  });
});
