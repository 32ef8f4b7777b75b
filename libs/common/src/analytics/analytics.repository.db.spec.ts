import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { execute, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { refreshAggregates } from '../timeseries/aggregate-refresh.js';
import { eventAt, executionAt } from '../timeseries/past-rows.fixture.js';
import { AnalyticsRepository } from './analytics.repository.js';
import { type TimeRange } from './hour-range.js';

const HOUR_MS = 3_600_000;

describe.each(testKinds())('analytics (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let analytics: AnalyticsRepository;
  let currentHour: Date;
  let now: Date;

  const hour = (back: number) => new Date(currentHour.getTime() - back * HOUR_MS);
  const last = (hours: number): TimeRange => ({ from: hour(hours), until: hour(-2) });

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true, kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
    analytics = new AnalyticsRepository(dataSource);
    const [clock] = await run<{ now: Date; hour: Date }>(
      dataSource,
      sql`select now() as now, date_trunc('hour', now(), 'UTC') as hour`,
    );
    now = clock?.now ?? new Date();
    currentHour = clock?.hour ?? new Date();
    await fill();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** So many hours ago that it is ten minutes into that hour. */
  const inHour = (back: number) => (now.getTime() - hour(back).getTime()) / HOUR_MS - 1 / 6;

  async function fill(): Promise<void> {
    for (const [back, action] of [
      [5, 'demo.a'],
      [5, 'demo.a'],
      [5, 'demo.b'],
      [3, 'demo.a'],
    ] as const) {
      await executionAt(dataSource, inHour(back), action);
    }
    for (const trigger of ['demo.x', 'demo.x', 'demo.y']) await eventAt(dataSource, inHour(4), trigger);
    await execute(
      dataSource,
      sql`
      insert into enforcement (id, created, rule_ref, trigger_ref)
      select e.id + 1, time_id_created(e.id + 1), 'demo.rule', e.trigger_ref from event as e`,
    );
    await execute(
      dataSource,
      sql`update execution as e set status = 'completed' where e.action_ref = 'demo.a' and e.created > now() - interval '1 day'`,
    );
    await execute(
      dataSource,
      sql`update execution as e set status = 'timeout' where e.action_ref = 'demo.b' and e.created > now() - interval '1 day'`,
    );
    await dataSource.query(`insert into worker (name) values ('worker-1'), ('worker-2')`);
    await dataSource.query(`update worker set status = 'inactive' where name = 'worker-2'`);
  }

  describe.each(['counted live', 'after a refresh'])('%s', (moment) => {
    beforeAll(async () => {
      if (moment === 'after a refresh') await refreshAggregates(dataSource);
    });

    it('counts executions by hour, and by action and status', async () => {
      expect(await analytics.executionVolumeHourly(last(6))).toEqual([
        { bucket: hour(5), action_ref: null, status: null, execution_count: 3 },
        { bucket: hour(3), action_ref: null, status: null, execution_count: 1 },
      ]);
      expect(await analytics.executionVolumeHourlyByAction(last(6))).toEqual([
        { bucket: hour(5), action_ref: 'demo.a', status: 'completed', execution_count: 2 },
        { bucket: hour(5), action_ref: 'demo.b', status: 'timeout', execution_count: 1 },
        { bucket: hour(3), action_ref: 'demo.a', status: 'completed', execution_count: 1 },
      ]);
      expect(await analytics.executionVolumeHourlyByAction(last(6), 'demo.b')).toHaveLength(1);
    });

    it('takes hours that overlap a half-open range', async () => {
      const counts = async (from: Date, until: Date) =>
        (await analytics.executionVolumeHourly({ from, until })).map((bucket) => bucket.bucket);
      expect(await counts(hour(5), hour(3))).toEqual([hour(5)]);
      expect(await counts(new Date(hour(5).getTime() + 1), new Date(hour(3).getTime() + 1))).toEqual([
        hour(5),
        hour(3),
      ]);
      expect(await counts(hour(4), hour(3))).toEqual([]);
    });

    it('counts what went into each status, and what was started', async () => {
      const sum = (rows: readonly { status: string; transition_count: number }[]) =>
        rows.reduce<Record<string, number>>(
          (sums, row) => ({ ...sums, [row.status]: (sums[row.status] ?? 0) + row.transition_count }),
          {},
        );
      expect(sum(await analytics.executionStatusHourly(last(2)))).toEqual({ requested: 4, completed: 3, timeout: 1 });
      expect(sum(await analytics.executionStatusHourlyByAction(last(2), 'demo.b'))).toEqual({
        requested: 1,
        timeout: 1,
      });
      const started = await analytics.executionThroughputHourly(last(2));
      expect(started.reduce((total, row) => total + row.execution_count, 0)).toBe(4);
      expect(started[0]?.action_ref).toBeNull();
      const ofActions = await analytics.executionThroughputHourlyByAction(last(2), 'demo.a');
      expect(ofActions.reduce((total, row) => total + row.execution_count, 0)).toBe(3);
    });

    it('counts events and enforcements', async () => {
      expect(await analytics.eventVolumeHourly(last(6))).toEqual([
        { bucket: hour(4), trigger_ref: null, event_count: 3 },
      ]);
      expect(await analytics.eventVolumeHourlyByTrigger(last(6))).toEqual([
        { bucket: hour(4), trigger_ref: 'demo.x', event_count: 2 },
        { bucket: hour(4), trigger_ref: 'demo.y', event_count: 1 },
      ]);
      expect(await analytics.eventVolumeHourlyByTrigger(last(6), 'demo.y')).toHaveLength(1);
      expect(await analytics.enforcementVolumeHourly(last(6))).toEqual([
        { bucket: hour(4), rule_ref: null, enforcement_count: 3 },
      ]);
      expect(await analytics.enforcementVolumeHourlyByRule(last(6), 'demo.rule')).toHaveLength(1);
    });

    it('counts what workers went into', async () => {
      const totals = await analytics.workerStatusHourly(last(2));
      expect(totals.reduce((total, row) => total + row.transition_count, 0)).toBe(3);
      const ofOne = await analytics.workerStatusHourlyByWorker(last(2), 'worker-2');
      expect(ofOne.map((row) => [row.worker_name, row.status]).toSorted()).toEqual([
        ['worker-2', 'active'],
        ['worker-2', 'inactive'],
      ]);
    });

    it('works out the failure rate', async () => {
      expect(await analytics.executionFailureRate(last(2))).toEqual({
        total_terminal: 4,
        completed_count: 3,
        failed_count: 0,
        timeout_count: 1,
        failure_rate_pct: 25,
      });
      expect(await analytics.executionFailureRate(last(2), 'demo.a')).toMatchObject({ failure_rate_pct: 0 });
      expect(await analytics.executionFailureRate({ from: hour(48), until: hour(47) })).toMatchObject({
        total_terminal: 0,
        failure_rate_pct: 0,
      });
    });
  });
});
