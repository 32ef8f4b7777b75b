import {
  CONFIG,
  type Config,
  deactivateStaleWorkers,
  deleteDispatches,
  type ExecutionRetryReason,
  LOGGER,
  type Logger,
  moveExecutions,
  publish,
} from '@attune/common';
import { executionPredecessors, type JsonObject, type TerminalExecutionStatus } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { raiseAlerts } from './raise-alerts.js';
import { abandonedResult, cancelledResult, neverStartedResult, notPickedUpResult } from './monitor-results.js';
import { listOrphanedExecutions, type OrphanedExecution } from './sql/list-orphaned-executions.sql.js';
import { listUnansweredCancellations } from './sql/list-unanswered-cancellations.sql.js';
import { listUntakenExecutions } from './sql/list-untaken-executions.sql.js';
import { listWorkersById } from './sql/list-workers-by-id.sql.js';
import { abandonmentAlerts, heartbeatAlerts } from './worker-alerts.js';
import { returnExecutions } from './sql/return-executions.sql.js';
import { withdrawDispatches } from './sql/withdraw-dispatches.sql.js';

/** What one look did; counts of executions, but for `deadWorkers`. */
export interface Reconciliation {
  readonly deadWorkers: readonly number[];
  readonly abandoned: number;
  readonly returned: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** Executions dealt with in one transaction; the rest comes with the next look. */
const BATCH = 500;

/** How often an execution is given to another worker after one died before starting it. */
const MAX_RETURNS = 3;

/** How long (s) a worker may take to answer a cancellation. */
const CANCEL_ANSWER_SECONDS = 60;

/**
 * Ends or returns executions that nobody will finish: their worker is dead, did not pick them up or does not answer. Each
 * change is compare-and-set, so a worker that acts at the same moment wins or loses cleanly, and any number of processes may
 * look at once.
 */
@Injectable()
export class ReconcileExecutionsService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async reconcile(): Promise<Reconciliation> {
    const deadWorkers = await this.dataSource.transaction((db) => this.deactivateWorkers(db));
    // First the dead: what they held must not be taken for something a living worker has left lying.
    const orphans = await this.dataSource.transaction((db) => this.reconcileOrphans(db));
    const untaken = await this.dataSource.transaction((db) => this.reconcileUntaken(db));
    const cancelled = await this.dataSource.transaction((db) => this.cancelUnanswered(db));
    return {
      deadWorkers,
      abandoned: orphans.abandoned,
      returned: orphans.returned + untaken.returned,
      failed: orphans.failed + untaken.failed,
      cancelled: orphans.cancelled + cancelled.length,
    };
  }

  private async deactivateWorkers(db: EntityManager): Promise<number[]> {
    const ids = await deactivateStaleWorkers(db, this.config.executor.heartbeatTimeoutSeconds);
    if (ids.length === 0) return ids;
    const workers = await listWorkersById(db, ids);
    await raiseAlerts(db, heartbeatAlerts(workers, new Date().toISOString()));
    for (const { id: workerId, name } of workers) {
      this.logger.warn({ workerId, name }, 'worker is silent; it counts as dead');
    }
    return ids;
  }

  private async reconcileOrphans(db: EntityManager) {
    const orphans = await listOrphanedExecutions(db, this.config.executor.heartbeatTimeoutSeconds, BATCH);
    const at = new Date().toISOString();
    const ofStatus = (status: OrphanedExecution['status']) => orphans.filter((orphan) => orphan.status === status);
    const neverStarted = ofStatus('scheduled');
    const lost = neverStarted.filter(({ timesReturned }) => timesReturned >= MAX_RETURNS);
    const returned = await this.giveBack(
      db,
      neverStarted.filter(({ timesReturned }) => timesReturned < MAX_RETURNS).map(({ id }) => id),
      'worker_unavailable',
    );
    const failed = await this.end(
      db,
      'failed',
      lost.map(({ id, actionRef, timesReturned }) => {
        return { id, result: neverStartedResult(actionRef, timesReturned + 1, at) };
      }),
    );
    const running = ofStatus('running');
    const abandoned = await this.end(
      db,
      'abandoned',
      running.map(({ id, worker }) => ({ id, result: abandonedResult(worker, at) })),
    );
    const alerts = abandonmentAlerts(
      running.filter(({ id }) => abandoned.includes(id)),
      at,
    );
    await raiseAlerts(db, alerts);
    const cancelled = await this.end(
      db,
      'cancelled',
      ofStatus('canceling').map(({ id }) => ({ id, result: cancelledResult('Its worker became unavailable') })),
    );
    return { abandoned: abandoned.length, returned, failed: failed.length, cancelled: cancelled.length };
  }

  /**
   * What a living worker does not begin: after `dispatch_ttl` another worker may have it, and once it has been scheduled for
   * `scheduled_timeout` altogether it fails. (Both used to be five minutes, so that nothing ever got its second chance.)
   */
  private async reconcileUntaken(db: EntityManager): Promise<{ returned: number; failed: number }> {
    const { scheduledTimeoutSeconds, dispatchTtlSeconds } = this.config.executor;
    const ttlSeconds = Math.min(dispatchTtlSeconds, scheduledTimeoutSeconds);
    const untaken = await listUntakenExecutions(db, ttlSeconds, BATCH);
    // Only what no worker has in hand at this moment: that one is about to begin it.
    const free = new Set(
      await withdrawDispatches(
        db,
        untaken.map(({ id }) => id),
      ),
    );
    const [overdue = [], early = []] = [true, false].map((isOverdue) =>
      untaken.filter(({ id, ageSeconds }) => free.has(id) && ageSeconds >= scheduledTimeoutSeconds === isOverdue),
    );
    const failed = await this.end(
      db,
      'failed',
      overdue.map(({ id, ageSeconds }) => ({ id, result: notPickedUpResult(scheduledTimeoutSeconds, ageSeconds) })),
    );
    const returned = await this.giveBack(
      db,
      early.map(({ id }) => id),
      'queue_timeout',
    );
    return { returned, failed: failed.length };
  }

  private async cancelUnanswered(db: EntityManager): Promise<number[]> {
    const unanswered = await listUnansweredCancellations(db, CANCEL_ANSWER_SECONDS, BATCH);
    const result = cancelledResult(`Its worker did not answer within ${CANCEL_ANSWER_SECONDS} seconds`);
    return this.end(
      db,
      'cancelled',
      unanswered.map((id) => ({ id, result })),
    );
  }

  /** Moves executions to their end, takes them from their workers and announces it; gives those that moved. */
  private async end(
    db: EntityManager,
    status: TerminalExecutionStatus,
    ends: readonly { readonly id: number; readonly result: JsonObject }[],
  ): Promise<number[]> {
    const moves = ends.map((end) => ({ ...end, status }));
    const ended = await moveExecutions(db, moves, { from: executionPredecessors(status, 'monitor') });
    await deleteDispatches(db, ended);
    await publish(
      db,
      ended.map((id) => ({ topic: 'execution.completed', payload: { execution_id: id } })),
    );
    for (const executionId of ended) this.logger.warn({ executionId, status }, 'execution ended without its worker');
    return ended;
  }

  private async giveBack(db: EntityManager, ids: readonly number[], reason: ExecutionRetryReason): Promise<number> {
    const returned = await returnExecutions(db, ids, reason);
    await deleteDispatches(db, returned);
    await publish(
      db,
      returned.map((id) => ({ topic: 'execution.requested', payload: { execution_id: id } })),
    );
    if (returned.length > 0) {
      this.logger.warn({ executions: returned.length, reason }, 'executions taken back from their workers');
    }
    return returned.length;
  }
}
