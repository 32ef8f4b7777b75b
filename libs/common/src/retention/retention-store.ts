import { type EntityManager } from 'typeorm';
import { type Database, execute, run } from '../database/run.js';
import { json, sql } from '../database/sql.js';
import { databaseCapabilities } from '../timeseries/database-capabilities.js';
import { readRetention, schedulePolicies, setRetentionIn } from '../timeseries/retention.js';
import { findTimeSeriesTable, HOURLY_AGGREGATES } from '../timeseries/time-series-tables.js';
import {
  DEFAULT_RETENTION,
  intervalOf,
  RETENTION_TARGETS,
  type RetentionSettings,
  type RetentionTarget,
  TABLE_OF_TARGET,
} from './retention-settings.js';

/** What an earlier version stored may lack something. */
type StoredSettings = Partial<Omit<RetentionSettings, 'targets'>> & {
  readonly targets?: Partial<RetentionSettings['targets']>;
};

/** The settings that are in force: of time-series tables what their policies say, whoever set them. */
export async function readRetentionSettings(db: Database): Promise<RetentionSettings> {
  const [row] = await run<{ config: StoredSettings }>(
    db,
    sql`select c.config from retention_config as c where c.id = 1`,
  );
  const { targets, ...plain } = row?.config ?? {};
  const kept = await readRetention(db);
  return {
    ...DEFAULT_RETENTION,
    ...plain,
    targets: mapTargets((target) => {
      const seconds = kept.get(TABLE_OF_TARGET[target] ?? '');
      return seconds === undefined
        ? (targets?.[target] ?? DEFAULT_RETENTION.targets[target])
        : { max_age_seconds: seconds };
    }),
  };
}

/**
 * Replaces the settings, and with them the policies of the time-series tables, in one transaction.
 * @throws DomainError database.invalid when a table would be kept for too short a time
 */
export async function storeRetentionSettings(
  db: EntityManager,
  settings: RetentionSettings,
  identityId: number,
): Promise<void> {
  await execute(
    db,
    sql`
    insert into retention_config as c (id, config, updated_by)
    values (1, ${json(settings)}::jsonb, ${identityId})
    on conflict (id) do update set config = excluded.config, updated_by = excluded.updated_by, updated = now()`,
  );
  for (const [target, name] of Object.entries(TABLE_OF_TARGET) as [RetentionTarget, string][]) {
    const table = findTimeSeriesTable(name);
    const { max_age_seconds: seconds } = settings.targets[target];
    if (table) await setRetentionIn(db, table, seconds === null ? null : intervalOf(seconds));
  }
  await setAggregateRetention(db, settings);
  // Last, because a policy that was just added is on.
  await schedulePolicies(db, isRemoving(settings));
}

/** Whether anything is removed at all. */
export const isRemoving = ({ enabled, dry_run: isDry }: Pick<RetentionSettings, 'enabled' | 'dry_run'>): boolean =>
  enabled && !isDry;

/** Policies of the hourly sums, where they are continuous aggregates; elsewhere a round of retention looks after them. */
async function setAggregateRetention(db: EntityManager, settings: RetentionSettings): Promise<void> {
  const { policies } = await databaseCapabilities(db);
  if (!policies) return;
  const { max_age_seconds: seconds } = settings.targets.continuous_aggregates;
  for (const { name } of HOURLY_AGGREGATES) {
    await run(db, sql`select remove_retention_policy(${name}::regclass, if_exists => true)`);
    if (seconds === null || !isRemoving(settings)) continue;
    await run(db, sql`select add_retention_policy(${name}::regclass, drop_after => ${intervalOf(seconds)}::interval)`);
  }
}

const mapTargets = (
  valueOf: (target: RetentionTarget) => RetentionSettings['targets'][RetentionTarget],
): RetentionSettings['targets'] =>
  Object.fromEntries(RETENTION_TARGETS.map((target) => [target, valueOf(target)])) as RetentionSettings['targets'];
