import { sql } from '@attune/common';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { ReconcileExecutionsService } from './reconcile-executions.service.js';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
const NOTHING = { deadWorkers: [], abandoned: 0, returned: 0, failed: 0, cancelled: 0 };

describe('alerts about silent workers', () => {
  let given: ExecutorFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create();
  });

  afterAll(() => given.close());

  const reconcile = () => new ReconcileExecutionsService(given.dataSource, given.config, given.logger).reconcile();

  it('tell workers from sensor hosts and silence from never a word', async () => {
    await given.trigger('core.alert');
    const [action, sensor, cordoned] = [await given.worker('a'), await given.worker('s'), await given.worker('c')];
    await given.run(sql`update worker set last_heartbeat = null where id in (${action}, ${cordoned})`);
    await given.run(sql`update worker set cordoned = true where id = ${cordoned}`);
    await given.run(sql`
      update worker set worker_role = 'sensor', last_heartbeat = now() - interval '91 seconds' where id = ${sensor}`);
    const { deadWorkers, ...nothing } = await reconcile();
    expect({ ...nothing, deadWorkers: deadWorkers.toSorted((a, b) => a - b) }).toEqual({
      ...NOTHING,
      deadWorkers: [action, sensor, cordoned],
    });
    const alerts = await given.run<{ payload: unknown }>(
      sql`select e.payload from event as e where e.trigger_ref = 'core.alert' order by e.created, e.id`,
    );
    const common = { severity: 'error', category: 'worker_health', observed_at: ISO };
    expect(alerts.map(({ payload }) => payload)).toEqual([
      {
        ...common,
        failure_type: 'worker_missing_heartbeat',
        component_type: 'worker',
        component_id: action,
        component_ref: 'a',
        worker_role: 'action',
        summary: "Worker 'a' has not been heard of and counts as dead",
        details: { last_heartbeat: null },
        correlation_id: `worker:${action}:worker_missing_heartbeat`,
      },
      {
        ...common,
        failure_type: 'worker_stale_heartbeat',
        component_type: 'sensor_worker',
        component_id: sensor,
        component_ref: 's',
        worker_role: 'sensor',
        summary: "Worker 's' has not been heard of and counts as dead",
        details: { last_heartbeat: ISO },
        correlation_id: `worker:${sensor}:worker_stale_heartbeat`,
      },
    ]);
    expect(await reconcile()).toEqual(NOTHING);
  });
});
