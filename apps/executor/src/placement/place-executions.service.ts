import {
  CONFIG,
  type Config,
  type ExecutionMove,
  insertDispatches,
  LOGGER,
  type Logger,
  type Message,
  moveExecutions,
  publish,
} from '@attune/common';
import { holdsRedactedSecret, isJsonObject, type JsonObject, restoreSecrets } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type AdmissionOutcome, AdmissionService } from '../admission/admission.service.js';
import { idsOf } from '../message-ids.js';
import { SecretStore } from '../secrets/secret-store.js';
import { checkExecution, type ExecutionCheck } from './check-execution.js';
import { failedResult, unschedulableResult } from './placement-results.js';
import { listActionWorkers } from './sql/list-action-workers.sql.js';
import { listPlaceableExecutions, type PlaceableExecution } from './sql/list-placeable-executions.sql.js';
import { listRunnableActions, type RunnableAction } from './sql/list-runnable-actions.sql.js';
import { type Postponement, postponePlacements } from './sql/postpone-placements.sql.js';
import { WorkerPool } from './worker-pool.js';

/** What becomes of one execution. */
type Placement =
  | { readonly type: 'dispatch'; readonly execution: PlaceableExecution; readonly worker: number }
  | {
      readonly type: 'fail';
      readonly execution: PlaceableExecution;
      readonly result: JsonObject;
      /** Missing: failed. */
      readonly status?: 'failed' | 'cancelled';
    }
  | { readonly type: 'wait'; readonly postponement: Postponement }
  /** It waits for a policy, which looks after it. */
  | { readonly type: 'queued' };

/** An execution that waits for room is brought forward when there is some; it looks by itself only this many times more seldom. */
const SELDOM = 4;

/** How long (ms) workers may take to report a runtime that a pack has just brought. */
const RUNTIME_DISCOVERY_MS = 5_000;

/** How soon (ms) an execution is looked at again that somebody was changing. */
const UNSETTLED_MS = 100;

/** A placement may start from these; anything else has been dealt with by somebody else. */
const FROM = ['requested', 'scheduling'] as const;

/**
 * Gives requested executions to workers. One that can never run fails with the reason; one that must wait goes back into
 * the queue until its time is up. The move is compare-and-set: of two processes at the same execution one wins.
 */
@Injectable()
export class PlaceExecutionsService {
  private lastChosenWorker: number | null = null;

  constructor(
    private readonly secrets: SecretStore,
    private readonly admission: AdmissionService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async handle(db: EntityManager, messages: readonly Message[]): Promise<void> {
    const executions = await listPlaceableExecutions(db, idsOf(messages, 'execution_id'));
    if (executions.length === 0) return;
    const actions = await this.actionsOf(db, executions);
    const parameters = await this.parametersOf(db, executions);
    const pool = new WorkerPool(
      await listActionWorkers(db),
      this.config.executor.heartbeatTimeoutSeconds * 1_000,
      this.lastChosenWorker,
    );
    const at = new Date().toISOString();
    const checked = executions.map((execution) => {
      const action = actions.get(execution.actionRef);
      const given = parameters.get(execution.id) ?? {};
      const check = checkExecution(execution, action, given);
      return { ...execution, execution, check, parameters: given, paramSchema: action?.paramSchema ?? null };
    });
    const runnable = checked.filter(({ check }) => check.type === 'runnable');
    const admitted = await this.admission.admit(db, runnable, at);
    const placements = checked.map(({ execution, check }) => {
      return this.place(execution, check, admitted.get(execution.id), pool, at);
    });
    this.lastChosenWorker = pool.lastChosen;
    await this.record(db, placements);
  }

  /** Ends an execution whose message was given up after its last try: nobody else will. */
  async giveUp(db: EntityManager, message: Message, error: string): Promise<void> {
    const [id] = idsOf([message], 'execution_id');
    if (id === undefined) return;
    const result = failedResult(`The execution could not be scheduled: ${error}`, new Date().toISOString());
    const moved = await moveExecutions(db, [{ id, status: 'failed', result }], { from: FROM });
    await publish(db, moved.map(completed));
  }

  private async actionsOf(
    db: EntityManager,
    executions: readonly PlaceableExecution[],
  ): Promise<ReadonlyMap<string, RunnableAction>> {
    const refs = [...new Set(executions.map(({ actionRef }) => actionRef))];
    return new Map((await listRunnableActions(db, refs)).map((action) => [action.ref, action]));
  }

  /** The parameters by execution, with their secrets. */
  private async parametersOf(
    db: EntityManager,
    executions: readonly PlaceableExecution[],
  ): Promise<ReadonlyMap<number, JsonObject>> {
    const redacted = executions.filter(({ config }) => holdsRedactedSecret(config)).map(({ id }) => id);
    const secrets = await this.secrets.open(db, 'execution_config', redacted);
    return new Map(
      executions.map(({ id, config }) => {
        const restored = restoreSecrets(config, secrets.get(id) ?? []);
        return [id, isJsonObject(restored) ? restored : {}];
      }),
    );
  }

  private place(
    execution: PlaceableExecution,
    check: ExecutionCheck,
    admission: AdmissionOutcome | undefined,
    pool: WorkerPool,
    at: string,
  ): Placement {
    if (check.type === 'refused') return { type: 'fail', execution, result: failedResult(check.error, at) };
    switch (admission?.type) {
      case 'queued':
        return admission;
      case 'ended':
        return { ...admission, type: 'fail', execution };
      case 'unsettled':
        return unsettled(execution);
      case 'admitted':
        return this.choose(admission.isNew ? { ...execution, waitedMs: 0 } : execution, check, pool, at);
      case undefined:
        return this.choose(execution, check, pool, at);
    }
  }

  private choose(
    execution: PlaceableExecution,
    check: Extract<ExecutionCheck, { type: 'runnable' }>,
    pool: WorkerPool,
    at: string,
  ): Placement {
    const decision = pool.place(check.requirements);
    switch (decision.type) {
      case 'chosen':
        return { type: 'dispatch', execution, worker: decision.workerId };
      case 'impossible':
        return this.refuse(execution, decision.reason, at);
      case 'wait':
        return this.wait(execution, decision, at);
    }
  }

  /** A worker needs a moment to find out about a runtime that was just installed; after that the answer is final. */
  private refuse(execution: PlaceableExecution, reason: string, at: string): Placement {
    const { id, actionRef, waitedMs } = execution;
    if (waitedMs >= RUNTIME_DISCOVERY_MS) {
      return { type: 'fail', execution, result: unschedulableResult(actionRef, reason, at) };
    }
    const delay_ms = RUNTIME_DISCOVERY_MS / 2;
    return { type: 'wait', postponement: { execution_id: id, waits_for: [], reason, delay_ms } };
  }

  private wait(
    execution: PlaceableExecution,
    { reason, fullWorkerIds }: { readonly reason: string; readonly fullWorkerIds: readonly number[] },
    at: string,
  ): Placement {
    const { scheduledTimeoutSeconds, placementRetrySeconds } = this.config.executor;
    const leftMs = scheduledTimeoutSeconds * 1_000 - execution.waitedMs;
    if (leftMs <= 0) {
      const message = `No worker could take it within ${scheduledTimeoutSeconds} seconds: ${reason}`;
      return { type: 'fail', execution, result: unschedulableResult(execution.actionRef, message, at) };
    }
    const retryMs = placementRetrySeconds * 1_000 * (fullWorkerIds.length > 0 ? SELDOM : 1);
    return {
      type: 'wait',
      postponement: {
        execution_id: execution.id,
        waits_for: fullWorkerIds,
        reason,
        delay_ms: Math.min(retryMs, leftMs),
      },
    };
  }

  private async record(db: EntityManager, placements: readonly Placement[]): Promise<void> {
    const dispatches = placements.filter((placement) => placement.type === 'dispatch');
    const failures = placements.filter((placement) => placement.type === 'fail');
    const moves: ExecutionMove[] = [
      ...dispatches.map(({ execution, worker }) => ({ id: execution.id, status: 'scheduled' as const, worker })),
      ...failures.map(({ execution, status = 'failed', result }) => ({ id: execution.id, status, result })),
    ];
    const moved = new Set(await moveExecutions(db, moves, { from: FROM }));
    await insertDispatches(
      db,
      dispatches
        .filter(({ execution }) => moved.has(execution.id))
        .map(({ execution, worker }) => ({ execution: execution.id, worker, action_ref: execution.actionRef })),
    );
    const failed = failures.filter(({ execution }) => moved.has(execution.id));
    await publish(
      db,
      failed.map(({ execution }) => completed(execution.id)),
    );
    await postponePlacements(
      db,
      placements.filter((placement) => placement.type === 'wait').map(({ postponement }) => postponement),
    );
    this.reportRefusals(failed);
  }

  /** One line for each reason: a flood for an action that cannot run must not become a flood of lines. */
  private reportRefusals(failed: readonly Extract<Placement, { type: 'fail' }>[]): void {
    const refusals = failed.map(({ execution, result }) => ({
      executionId: execution.id,
      actionRef: execution.actionRef,
      reason: result['message'] ?? result['error'],
    }));
    const groups = Map.groupBy(refusals, ({ actionRef, reason }) => JSON.stringify([actionRef, reason]));
    for (const [first, ...others] of groups.values()) {
      this.logger.info({ ...first, others: others.length }, 'execution refused');
    }
  }
}

function unsettled({ id }: PlaceableExecution): Placement {
  const reason = 'it, or its policy, was being changed';
  return { type: 'wait', postponement: { execution_id: id, waits_for: [], reason, delay_ms: UNSETTLED_MS } };
}

function completed(executionId: number) {
  return { topic: 'execution.completed', payload: { execution_id: executionId } } as const;
}
