import { CONFIG, type Config } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { checkExecution } from './check-execution.js';
import { type PlacementCandidate } from './placement-candidate.js';
import { failedResult, unschedulableResult } from './placement-results.js';
import { listActionWorkers } from './sql/list-action-workers.sql.js';
import { listRunnableActions, type RunnableAction } from './sql/list-runnable-actions.sql.js';
import { WorkerPool } from './worker-pool.js';

/** What becomes of one execution. */
export type Placement =
  | { readonly type: 'dispatch'; readonly worker: number }
  | { readonly type: 'fail'; readonly result: JsonObject }
  | {
      readonly type: 'wait';
      /** Workers that could take it if they had room. */
      readonly waitsFor: readonly number[];
      readonly reason: string;
      readonly delayMs: number;
    };

/** An execution that waits for room is brought forward when there is some; it looks by itself only this many times more seldom. */
const SELDOM = 4;

/** How long (ms) workers may take to report a runtime that a pack has just brought. */
const RUNTIME_DISCOVERY_MS = 5_000;

/** Decides for a batch of executions which worker each goes to, whether it must wait, or why it can never run. Writes nothing. */
@Injectable()
export class PlanPlacementsService {
  private lastChosenWorker: number | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** One decision for each candidate, in their order; each counts for those after it. */
  async plan(db: EntityManager, candidates: readonly PlacementCandidate[]): Promise<Placement[]> {
    if (candidates.length === 0) return [];
    const refs = [...new Set(candidates.map(({ actionRef }) => actionRef))];
    const actions = new Map((await listRunnableActions(db, refs)).map((action) => [action.ref, action]));
    const pool = new WorkerPool(
      await listActionWorkers(db),
      this.config.executor.heartbeatTimeoutSeconds * 1_000,
      this.lastChosenWorker,
    );
    const at = new Date().toISOString();
    const placements = candidates.map((candidate) => this.place(candidate, actions.get(candidate.actionRef), pool, at));
    this.lastChosenWorker = pool.lastChosen;
    return placements;
  }

  private place(
    candidate: PlacementCandidate,
    action: RunnableAction | undefined,
    pool: WorkerPool,
    at: string,
  ): Placement {
    const check = checkExecution(candidate, action);
    if (check.type === 'refused') return { type: 'fail', result: failedResult(check.error, at) };
    const decision = pool.place(check.requirements);
    switch (decision.type) {
      case 'chosen':
        return { type: 'dispatch', worker: decision.workerId };
      case 'impossible':
        return refuse(candidate, decision.reason, at);
      case 'wait':
        return this.wait(candidate, decision, at);
    }
  }

  private wait(
    { actionRef, waitedMs }: PlacementCandidate,
    { reason, fullWorkerIds }: { readonly reason: string; readonly fullWorkerIds: readonly number[] },
    at: string,
  ): Placement {
    const { scheduledTimeoutSeconds, placementRetrySeconds } = this.config.executor;
    const leftMs = scheduledTimeoutSeconds * 1_000 - waitedMs;
    if (leftMs <= 0) {
      const message = `No worker could take it within ${scheduledTimeoutSeconds} seconds: ${reason}`;
      return { type: 'fail', result: unschedulableResult(actionRef, message, at) };
    }
    const retryMs = placementRetrySeconds * 1_000 * (fullWorkerIds.length > 0 ? SELDOM : 1);
    return { type: 'wait', waitsFor: fullWorkerIds, reason, delayMs: Math.min(retryMs, leftMs) };
  }
}

/** A worker needs a moment to find out about a runtime that was just installed; after that the answer is final. */
function refuse({ actionRef, waitedMs }: PlacementCandidate, reason: string, at: string): Placement {
  if (waitedMs >= RUNTIME_DISCOVERY_MS) return { type: 'fail', result: unschedulableResult(actionRef, reason, at) };
  return { type: 'wait', waitsFor: [], reason, delayMs: RUNTIME_DISCOVERY_MS / 2 };
}
