import { type TimeSeriesTable } from '@attune/migrations';
import { type DataSource } from 'typeorm';
import { execute } from '../database/run.js';
import { sql } from '../database/sql.js';
import { isConnectionLost, SQLSTATE, sqlStateOf } from '../database/sqlstate.js';
import { type Logger } from '../logging/logger.js';
import { isRemoving, readRetentionSettings } from '../retention/retention-store.js';
import { WakeSignal } from '../messaging/wake-signal.js';
import { type DatabaseCapabilities, databaseCapabilities } from './database-capabilities.js';
import { MaintenanceLock } from './maintenance-lock.js';
import { addPartitionsAhead, dropExpiredChunks, dropExpiredPartitions, moveStrayRows } from './partitions.js';
import { listFailedPolicies } from './policy-failures.js';
import { refreshRollups, type RollupOutcome } from './rollups.js';
import { TIME_SERIES_TABLES } from './time-series-tables.js';

/** What one round did. Names are those of partitions or chunks. */
export interface MaintenanceRound {
  /** Partitions made for the coming days, and for rows found in a default partition. */
  readonly added: readonly string[];
  /** Partitions or chunks that retention dropped. */
  readonly dropped: readonly string[];
  readonly rollups: readonly RollupOutcome[];
  /** TimescaleDB policies that had failed in the background and were run here. */
  readonly rescued: readonly string[];
}

export interface MaintenanceOptions {
  /** Where the lock's own connection goes. */
  readonly url: string;
  /** Time (ms) between two rounds. @default 300_000 */
  readonly intervalMs?: number;
  /** Time (ms) until somebody who found another process at it, or no database, asks again. @default 5_000 */
  readonly retryMs?: number;
}

const DEFAULT_INTERVAL_MS = 300_000;

/** Soon, because who holds the lock may die half-way. */
const DEFAULT_RETRY_MS = 5_000;

/**
 * Does what TimescaleDB's policies do, for the databases that have none: partitions for the coming days, rows that fell
 * into the default partition, retention, hourly rollups. Where policies exist it leaves the work to them; one that failed in
 * the background is told of and run from here, once for each failure.
 *
 * Of several processes the one that holds the lock works, for as long as it lives, and the others wait for it to go; every
 * step may also run twice.
 * States: idle → (start) running → (stop) stopping → stopped. `start` and `stop` may be called twice.
 */
export class MaintenanceRunner {
  private readonly stopping = new AbortController();
  private readonly pause = new WakeSignal();
  private readonly lock: MaintenanceLock;
  private readonly told = new Set<string>();
  private isAnnounced = false;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
    private readonly options: MaintenanceOptions,
  ) {
    // Who lost it asks for it again at once instead of after the next round: nobody else may be there.
    this.lock = new MaintenanceLock(options.url, () => this.pause.wake());
  }

  start(): void {
    this.loop ??= this.runUntilStopped();
  }

  /** Resolves when the step in hand is done and the lock is free for others. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await this.lock.release();
  }

  /** One round now, rollups included only if they are due; keeps the lock. Undefined: another process has it. */
  async runOnce(): Promise<MaintenanceRound | undefined> {
    const { kind } = await databaseCapabilities(this.dataSource);
    if (!(await this.lock.hold())) return undefined;
    return kind === 'timescale'
      ? { added: [], dropped: [], rollups: [], rescued: await this.rescuePolicies() }
      : this.maintain(kind);
  }

  private async runUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const isDone = await this.roundSafely();
      const { intervalMs = DEFAULT_INTERVAL_MS, retryMs = DEFAULT_RETRY_MS } = this.options;
      await this.pause.sleep(isDone ? intervalMs : Math.min(intervalMs, retryMs), signal);
    }
  }

  /** False: another process has the lock, or the database was away. */
  private async roundSafely(): Promise<boolean> {
    try {
      const capabilities = await databaseCapabilities(this.dataSource);
      this.announceOnce(capabilities);
      const round = await this.runOnce();
      if (round) this.report(round);
      return round !== undefined;
    } catch (error) {
      if (isConnectionLost(error)) {
        this.logger.debug({ err: error }, 'time-series maintenance: no database');
        return false;
      }
      this.logger.warn({ err: error }, 'time-series maintenance failed; trying again');
      return true;
    }
  }

  private announceOnce({ description, policies }: DatabaseCapabilities): void {
    if (this.isAnnounced) return;
    this.isAnnounced = true;
    const doer = policies ? 'the policies of TimescaleDB' : 'this service';
    this.logger.info({ database: description }, `time-series maintenance is done by ${doer}`);
  }

  private async maintain(kind: 'apache' | 'plain'): Promise<MaintenanceRound> {
    const added: string[] = [];
    const dropped: string[] = [];
    const isOn = isRemoving(await readRetentionSettings(this.dataSource));
    for (const table of TIME_SERIES_TABLES) {
      if (this.stopping.signal.aborted) break;
      if (kind === 'plain') {
        added.push(...(await this.orLater(table, 'add partitions', moveStrayRows)));
        added.push(...(await this.orLater(table, 'add partitions', addPartitionsAhead)));
        if (isOn) dropped.push(...(await this.orLater(table, 'drop partitions', dropExpiredPartitions)));
      } else if (isOn) {
        dropped.push(...(await dropExpiredChunks(this.dataSource, table)));
      }
    }
    const rollups = await refreshRollups(this.dataSource, { onlyDue: true, signal: this.stopping.signal });
    return { added, dropped, rollups, rescued: [] };
  }

  /** A busy table is left for the next round: there are days to spare. */
  private async orLater(
    table: TimeSeriesTable,
    task: string,
    work: (dataSource: DataSource, table: TimeSeriesTable) => Promise<string[]>,
  ): Promise<string[]> {
    try {
      return await work(this.dataSource, table);
    } catch (error) {
      if (sqlStateOf(error) !== SQLSTATE.lockNotAvailable) throw error;
      this.logger.debug({ table: table.name, task }, 'time-series maintenance: the table is busy, later');
      return [];
    }
  }

  private report({ added, dropped, rollups }: MaintenanceRound): void {
    const postponed = rollups.filter(({ outcome }) => outcome === 'postponed').map(({ source }) => source);
    if (added.length > 0 || dropped.length > 0) this.logger.info({ added, dropped }, 'time-series maintenance');
    if (postponed.length > 0) {
      this.logger.warn({ sources: postponed }, 'rollups wait for a transaction that has been open for long');
    }
  }

  /**
   * A failing policy would go unseen until the disk is full. It is often not the policy that fails but the background
   * worker around it (too few workers; TimescaleDB older than the PostgreSQL minor release), so it is run from here.
   */
  private async rescuePolicies(): Promise<string[]> {
    const rescued: string[] = [];
    for (const failed of await listFailedPolicies(this.dataSource)) {
      const key = `${failed.job} ${failed.failedAt.toISOString()}`;
      if (this.told.has(key) || this.stopping.signal.aborted) continue;
      this.told.add(key);
      this.logger.warn({ ...failed }, 'a TimescaleDB policy failed in the background; running it here');
      try {
        await execute(this.dataSource, sql`call run_job(${failed.job})`);
        rescued.push(`${failed.policy} of ${failed.relation}`);
      } catch (error) {
        if (isConnectionLost(error)) throw error;
        this.logger.error({ err: error, job: failed.job }, 'a TimescaleDB policy fails');
      }
    }
    return rescued;
  }
}
