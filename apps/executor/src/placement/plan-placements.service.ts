import { CONFIG, type Config } from '@attune/common';
import { type JsonObject, type PlacementRequirements } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AdmissionOutcome, AdmissionService, type Arrival } from '../admission/admission.service.js';
import { checkExecution, type ExecutionCheck } from './check-execution.js';
import { type PlacementCandidate } from './placement-candidate.js';
import { failedResult, unschedulableResult } from './placement-results.js';
import { listActionWorkers } from './sql/list-action-workers.sql.js';
import { listRunnableActions, type RunnableAction } from './sql/list-runnable-actions.sql.js';
import { WorkerPool } from './worker-pool.js';

/** What becomes of one execution. */
export type Placement =
  | { readonly type: 'dispatch'; readonly worker: number }
  | {
      readonly type: 'fail';
      readonly result: JsonObject;
      /** Missing: failed. */
      readonly status?: 'failed' | 'cancelled';
    }
  | {
      readonly type: 'wait';
      /** Workers that could take it if they had room. */
      readonly waitsFor: readonly number[];
      readonly reason: string;
      readonly delayMs: number;
    }
  /** It waits for a policy, which looks after it. */
  | { readonly type: 'queued' }
  /** It is to be stored and announced before anything can be decided: a policy gives slots to stored executions only. */
  | { readonly type: 'announce' };

/** A candidate that has passed its checks. */
interface Checked {
  readonly candidate: PlacementCandidate;
  readonly action: RunnableAction | undefined;
  readonly check: ExecutionCheck;
}

/** An execution that waits for room is brought forward when there is some; it looks by itself only this many times more seldom. */
const SELDOM = 4;

/** How soon (ms) an execution is looked at again that somebody was changing. */
const UNSETTLED_MS = 100;

/** How long (ms) workers may take to report a runtime that a pack has just brought. */
const RUNTIME_DISCOVERY_MS = 5_000;

/** No id of an execution. */
const NOT_STORED = 0;

/**
 * Decides for a batch of executions which worker each goes to, whether it must wait, or why it can never run. Writes nothing but
 * the slots and places that policies give.
 */
@Injectable()
export class PlanPlacementsService {
  private lastChosenWorker: number | null = null;
  private left = Infinity;

  constructor(
    private readonly admission: AdmissionService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Executions that workers could still take after the last plan. */
  get roomLeft(): number {
    return this.left;
  }

  /** One decision for each candidate, in their order; each counts for those after it. */
  async plan(db: EntityManager, candidates: readonly PlacementCandidate[]): Promise<Placement[]> {
    if (candidates.length === 0) return [];
    const actions = await lookUpActions(db, candidates);
    const checked = candidates.map((candidate): Checked => {
      const action = candidate.action ?? actions.get(candidate.actionRef);
      return { candidate, action, check: checkExecution(candidate, action) };
    });
    const at = new Date().toISOString();
    const admitted = await this.admit(db, checked, at);
    const pool = new WorkerPool(
      await listActionWorkers(db),
      this.config.executor.heartbeatTimeoutSeconds * 1_000,
      this.lastChosenWorker,
    );
    const placements = checked.map((one) => this.place(one, admitted.get(one.candidate.id ?? NOT_STORED), pool, at));
    this.lastChosenWorker = pool.lastChosen;
    this.left = pool.rooms().reduce((sum, { room }) => sum + room, 0);
    return placements;
  }

  /** What the policies say about those that are stored; it may write. */
  private async admit(
    db: EntityManager,
    checked: readonly Checked[],
    at: string,
  ): Promise<ReadonlyMap<number, AdmissionOutcome>> {
    if (!checked.some(({ action }) => action?.isLimited === true)) return new Map();
    const arrivals = checked.flatMap(({ candidate, action, check }): Arrival[] => {
      const { id, actionRef, config, parameters } = candidate;
      if (id === null || check.type !== 'runnable') return [];
      return [{ id, actionRef, config, parameters, paramSchema: action?.paramSchema ?? null }];
    });
    return this.admission.admit(db, arrivals, at);
  }

  private place(
    { candidate, action, check }: Checked,
    admission: AdmissionOutcome | undefined,
    pool: WorkerPool,
    at: string,
  ): Placement {
    if (check.type === 'refused') return { type: 'fail', result: failedResult(check.error, at) };
    if (candidate.id === null && action?.isLimited === true) return { type: 'announce' };
    switch (admission?.type) {
      case 'queued':
        return admission;
      case 'ended':
        return { type: 'fail', status: admission.status, result: admission.result };
      case 'unsettled':
        return { type: 'wait', waitsFor: [], reason: 'it, or its policy, was being changed', delayMs: UNSETTLED_MS };
      case 'admitted':
        return this.choose(admission.isNew ? { ...candidate, waitedMs: 0 } : candidate, check.requirements, pool, at);
      case undefined:
        return this.choose(candidate, check.requirements, pool, at);
    }
  }

  private choose(
    candidate: PlacementCandidate,
    requirements: PlacementRequirements,
    pool: WorkerPool,
    at: string,
  ): Placement {
    const decision = pool.place(requirements, !candidate.hasWaitedForRoom);
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

async function lookUpActions(
  db: EntityManager,
  candidates: readonly PlacementCandidate[],
): Promise<ReadonlyMap<string, RunnableAction>> {
  const refs = new Set(candidates.filter(({ action }) => action === undefined).map(({ actionRef }) => actionRef));
  if (refs.size === 0) return new Map();
  return new Map((await listRunnableActions(db, [...refs])).map((action) => [action.ref, action]));
}

/** A worker needs a moment to find out about a runtime that was just installed; after that the answer is final. */
function refuse({ actionRef, waitedMs }: PlacementCandidate, reason: string, at: string): Placement {
  if (waitedMs >= RUNTIME_DISCOVERY_MS) return { type: 'fail', result: unschedulableResult(actionRef, reason, at) };
  return { type: 'wait', waitsFor: [], reason, delayMs: RUNTIME_DISCOVERY_MS / 2 };
}
