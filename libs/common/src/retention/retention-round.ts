import { type DataSource } from 'typeorm';
import { auditEvent, systemOrigin } from '../audit/audit-event.js';
import { insertAuditEvents } from '../audit/sql/insert-audit-events.sql.js';
import { execute, run } from '../database/run.js';
import { isConnectionLost } from '../database/sqlstate.js';
import { messageOf } from '../errors/domain-error.js';
import { type Logger } from '../logging/logger.js';
import { databaseCapabilities } from '../timeseries/database-capabilities.js';
import { type RetentionSettings } from './retention-settings.js';
import { countOldRows, deleteOldRows, ROLLUP_TARGETS, ROW_TARGETS, type RowTarget } from './row-targets.js';

/** What became of one table. */
export interface RetentionOutcome {
  readonly target: string;
  readonly table: string;
  /** Rows removed, or of a dry run found. */
  readonly rows: number;
  /** False: its time was over before the last of them. */
  readonly isDone: boolean;
}

export interface RetentionRoundOptions {
  readonly logger: Logger;
  readonly signal?: AbortSignal;
  /** How long (ms) one table may take; the rest is left for the next round. @default 60_000 */
  readonly budgetMs?: number;
}

const BUDGET_MS = 60_000;

/** Under which name the audit log knows who does this. */
const ORIGIN = systemOrigin('attune-supervisor');

/**
 * Removes what is older than its limit, table by table, in batches of a transaction each; a dry run counts. One table that
 * fails does not stop the others. Safe to run twice at once.
 */
export async function runRetentionRound(
  dataSource: DataSource,
  settings: RetentionSettings,
  options: RetentionRoundOptions,
): Promise<RetentionOutcome[]> {
  if (!settings.enabled) return [];
  const { continuousAggregates } = await databaseCapabilities(dataSource);
  const outcomes: RetentionOutcome[] = [];
  for (const target of [...ROW_TARGETS, ...(continuousAggregates ? [] : ROLLUP_TARGETS)]) {
    const { max_age_seconds: seconds } = settings.targets[target.target];
    if (seconds === null) continue;
    if (options.signal?.aborted === true) break;
    const outcome = await removeSafely(dataSource, { target, seconds, settings, options });
    if (outcome) outcomes.push(outcome);
  }
  return outcomes;
}

interface Work {
  readonly target: RowTarget;
  readonly seconds: number;
  readonly settings: RetentionSettings;
  readonly options: RetentionRoundOptions;
}

/** Null: it failed. @throws Error when the database is away: then the others fail as well */
async function removeSafely(dataSource: DataSource, work: Work): Promise<RetentionOutcome | null> {
  const { target, table } = work.target;
  try {
    const outcome = work.settings.dry_run ? await count(dataSource, work) : await remove(dataSource, work);
    if (outcome.rows > 0) {
      const details = { table, rows: outcome.rows, dry_run: work.settings.dry_run, complete: outcome.isDone };
      await tell(dataSource, 'maintenance.retention.target_completed', target, details);
      work.options.logger.info({ target, ...details }, 'retention');
    }
    return outcome;
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    work.options.logger.warn({ err: error, target, table }, 'retention failed; trying again in the next round');
    await tell(dataSource, 'maintenance.retention.target_failed', target, { table, error: messageOf(error) });
    return null;
  }
}

async function count(dataSource: DataSource, { target, seconds }: Work): Promise<RetentionOutcome> {
  const [row] = await run<{ count: number }>(dataSource, countOldRows(target, seconds));
  return { target: target.target, table: target.table, rows: row?.count ?? 0, isDone: true };
}

async function remove(dataSource: DataSource, { target, seconds, settings, options }: Work): Promise<RetentionOutcome> {
  const deadline = performance.now() + (options.budgetMs ?? BUDGET_MS);
  let rows = 0;
  for (;;) {
    const removed = await execute(dataSource, deleteOldRows(target, seconds, settings.batch_size));
    rows += removed;
    const isDone = removed < settings.batch_size;
    if (isDone || options.signal?.aborted === true || performance.now() >= deadline) {
      return { target: target.target, table: target.table, rows, isDone };
    }
  }
}

const tell = (
  dataSource: DataSource,
  type: 'maintenance.retention.target_completed' | 'maintenance.retention.target_failed',
  target: string,
  details: Readonly<Record<string, string | number | boolean>>,
): Promise<void> =>
  insertAuditEvents(dataSource, [
    auditEvent(ORIGIN, { type, resource: { type: 'retention_target', ref: target }, details }),
  ]);
