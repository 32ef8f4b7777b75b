import { eventually } from '@attune/testing';
import { type ExpireWaitsService } from '../admission/expire-waits.service.js';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { type ReconcileExecutionsService } from './reconcile-executions.service.js';
import { TimeoutMonitorService } from './timeout-monitor.service.js';

describe('the timeout monitor', () => {
  let given: ExecutorFixture;

  beforeAll(async () => {
    given = await ExecutorFixture.create();
  });

  afterAll(() => given.close());

  it('gives workers time to be heard of after a start and after an outage', async () => {
    const steps: string[] = [];
    const isAway = (): boolean => steps.length === 1;
    const reconciling = {
      reconcile: () => {
        steps.push(isAway() ? 'failed' : 'looked');
        return steps.at(-1) === 'failed' ? Promise.reject(new Error('away')) : Promise.resolve();
      },
    } as unknown as ReconcileExecutionsService;
    const expiring = { expire: () => Promise.resolve(0) } as unknown as ExpireWaitsService;
    const dataSource = Object.assign(Object.create(given.dataSource) as typeof given.dataSource, {
      query: () => Promise.resolve(steps.push('waited')),
    });
    const config = { ...given.config, executor: { ...given.config.executor, monitorIntervalSeconds: 0.01 } };
    const monitor = new TimeoutMonitorService(dataSource, reconciling, expiring, config, given.logger);
    monitor.onApplicationBootstrap();
    await eventually(() => expect(steps.length).toBeGreaterThan(4));
    await monitor.beforeApplicationShutdown();
    expect(steps.slice(0, 5)).toEqual(['waited', 'failed', 'waited', 'looked', 'looked']);
  });
});
