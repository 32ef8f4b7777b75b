import { type DataSource } from 'typeorm';
import { execute } from '../database/run.js';
import { sql } from '../database/sql.js';
import { databaseCapabilities } from './database-capabilities.js';
import { refreshRollups } from './rollups.js';
import { HOURLY_AGGREGATES } from './time-series-tables.js';

/**
 * Brings every hourly aggregate up to the hour before the last one, now instead of at its next scheduled run. On any kind
 * of database. Takes the pool, not a transaction: TimescaleDB refuses to refresh inside one. Its window is the policy's,
 * which never reaches past retention: there the refresh would find nothing and erase what was summed up.
 */
export async function refreshAggregates(dataSource: DataSource): Promise<void> {
  const { continuousAggregates } = await databaseCapabilities(dataSource);
  if (!continuousAggregates) {
    await refreshRollups(dataSource);
    return;
  }
  for (const { name, refreshStart } of HOURLY_AGGREGATES) {
    await execute(
      dataSource,
      sql`call refresh_continuous_aggregate(${name}::regclass, now() - ${refreshStart}::interval, now() - interval '1 hour')`,
    );
  }
}
