import { DEFAULT_RETENTION, setRetention } from '@attune/common';
import { operations, RetentionConfig } from '@attune/contract';
import { type z } from 'zod';
import { testKinds } from '@attune/testing';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

const DAY = 86_400;

describe.each(testKinds())('the retention settings (%s)', (kind) => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi({ kind });
  });
  afterAll(() => api.close());

  const get = () => api.admin.call(operations.getRetentionConfig);
  const replace = (body: z.input<typeof RetentionConfig>, client = api.admin) =>
    client.call(operations.updateRetentionConfig, { body });
  /** What the database will do, in seconds. */
  const keepOf = async (table: string): Promise<{ seconds: number | null; isOn: boolean } | null> => {
    const [row] = await api.dataSource.query<{ seconds: number | null; isOn: boolean }[]>(
      kind === 'timescale'
        ? `select extract(epoch from (j.config ->> 'drop_after')::interval)::int as seconds, j.scheduled as "isOn"
           from timescaledb_information.jobs as j
           where j.proc_name = 'policy_retention' and j.hypertable_name = $1`
        : `select extract(epoch from r.keep)::int as seconds, true as "isOn" from time_series_retention as r
           where r.table_name = $1`,
      [table],
    );
    return row ?? null;
  };

  it('are at first what the tables were made with, which are the defaults of the contract', async () => {
    const settings = await get();
    expect(settings).toEqual(RetentionConfig.parse({}));
    expect(settings).toEqual(DEFAULT_RETENTION);
    expect(await keepOf('event')).toEqual({ seconds: 90 * DAY, isOn: true });
    expect(await keepOf('worker_history')).toEqual({ seconds: 180 * DAY, isOn: true });
    expect(await keepOf('audit_event')).toEqual({ seconds: 90 * DAY, isOn: true });
  });

  it('change the policies of the database, and come back as they are in force', async () => {
    const settings = await replace({
      batch_size: 500,
      targets: {
        events: { max_age_seconds: 20 * DAY },
        executions: { max_age_seconds: null },
        workers: { max_age_seconds: null },
      },
    });
    expect(settings).toMatchObject({ batch_size: 500, check_interval_seconds: 3_600 });
    expect(settings.targets).toMatchObject({
      events: { max_age_seconds: 20 * DAY },
      executions: { max_age_seconds: null },
      enforcements: { max_age_seconds: 90 * DAY },
      workers: { max_age_seconds: null },
    });
    expect(await get()).toEqual(settings);
    expect(await keepOf('event')).toMatchObject({ seconds: 20 * DAY });
    expect((await keepOf('execution'))?.seconds ?? null).toBeNull();
    await setRetention(api.dataSource, 'event', '40 days');
    expect((await get()).targets.events).toEqual({ max_age_seconds: 40 * DAY });
    expect(await replace({})).toEqual(DEFAULT_RETENTION);
    expect(await keepOf('execution')).toEqual({ seconds: 90 * DAY, isOn: true });
  });

  it('stop everything when they are switched off or only count', async () => {
    for (const off of [{ enabled: false }, { dry_run: true }]) {
      await replace({ ...off, targets: { audit_events: { max_age_seconds: 50 * DAY } } });
      expect(await keepOf('audit_event')).toEqual({ seconds: 50 * DAY, isOn: kind !== 'timescale' });
      await replace({});
      expect(await keepOf('audit_event')).toEqual({ seconds: 90 * DAY, isOn: true });
    }
  });

  it('keep the hourly sums for as long as they are asked to', async () => {
    const settings = await replace({ targets: { continuous_aggregates: { max_age_seconds: 400 * DAY } } });
    expect(settings.targets.continuous_aggregates).toEqual({ max_age_seconds: 400 * DAY });
    const policies = () =>
      api.dataSource.query<{ seconds: number }[]>(
        `select extract(epoch from (j.config ->> 'drop_after')::interval)::int as seconds
         from timescaledb_information.jobs as j
         join timescaledb_information.continuous_aggregates as c
           on j.hypertable_name in (c.view_name, c.materialization_hypertable_name)
         where j.proc_name = 'policy_retention'`,
      );
    if (kind === 'timescale')
      expect(await policies()).toEqual(Array.from({ length: 6 }, () => ({ seconds: 400 * DAY })));
    await replace({});
    if (kind === 'timescale') expect(await policies()).toEqual([]);
  });

  it.each([
    ['nothing at all', { targets: { notifications: { max_age_seconds: 0 } } }],
    ['no time for events', { targets: { events: { max_age_seconds: 0 } } }],
    ['events for less than their sums need', { targets: { events: { max_age_seconds: 7 * DAY } } }],
    ['sums that go before their rows', { targets: { continuous_aggregates: { max_age_seconds: 30 * DAY } } }],
    ['more than a century', { targets: { workers: { max_age_seconds: 101 * 366 * DAY } } }],
    ['rounds without a pause', { check_interval_seconds: 0 }],
    ['empty batches', { batch_size: 0 }],
    ['endless batches', { batch_size: 100_001 }],
  ])('refuse %s, and stay as they were', async (_, body) => {
    await replace({ batch_size: 700 });
    const before = await get();
    await expect(replace(body)).rejects.toMatchObject({ status: 400 });
    expect(await get()).toEqual(before);
    expect(await keepOf('event')).toMatchObject({ seconds: 90 * DAY });
  });

  it('are for those with the right, and changing them is audited', async () => {
    await replace({});
    const reader = await api.withGrants([{ resource: 'retention', actions: ['read'] }]);
    expect(await reader.call(operations.getRetentionConfig)).toEqual(await get());
    await expect(replace({}, reader)).rejects.toMatchObject({ status: 403 });
    await expect(api.anonymous.call(operations.getRetentionConfig)).rejects.toMatchObject({ status: 401 });
    await replace({ batch_size: 42, targets: { events: { max_age_seconds: 30 * DAY } } });
    const [told] = await api.dataSource.query<{ login: string; details: object }[]>(
      `select a.actor_login as login, a.details from audit_event as a
       where a.event_type = 'maintenance.retention.config_updated' and a.created > now() - interval '1 day'
       order by a.created desc limit 1`,
    );
    expect(told).toEqual({ login: 'admin', details: { fields: ['batch_size', 'events'] } });
  });
});
