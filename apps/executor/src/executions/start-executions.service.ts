import {
  insertExecutions,
  LOGGER,
  type Logger,
  type NewExecution,
  publish,
  type RetentionPolicyType,
  SYSTEM_IDENTITY_ID,
} from '@attune/common';
import { holdsRedactedSecret, type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { logRefusals } from '../placement/log-refusals.js';
import { type PlacementCandidate } from '../placement/placement-candidate.js';
import { type Placement, PlanPlacementsService } from '../placement/plan-placements.service.js';
import { type RunnableAction } from '../placement/sql/list-runnable-actions.sql.js';
import { postponePlacements } from '../placement/sql/postpone-placements.sql.js';
import { copySecretValues } from '../secrets/sql/copy-secret-values.sql.js';

/** The execution an enforcement asks for. */
export interface ExecutionStart {
  readonly enforcement: number;
  /** Redacted parameters; null: none. */
  readonly config: JsonObject | null;
  /**
   * What placement needs: the parameters with secrets in plain text, and the action. Absent: secrets would have to be opened
   * first, so it is left to its message.
   */
  readonly placeable?: { readonly parameters: JsonObject; readonly action: RunnableAction };
  readonly action: number | null;
  readonly actionRef: string;
  readonly ruleRef: string;
  readonly triggerRef: string;
  /** Owner of the rule; null: the system identity executes. */
  readonly ownerIdentity: number | null;
  readonly permissionSetRefs: readonly string[];
  readonly retentionPolicy: RetentionPolicyType | null;
  readonly retentionLimit: number | null;
  readonly workflowDef: number | null;
  /** Not null: it cannot start, and this is why. It is recorded as failed. */
  readonly failure: string | null;
}

/** An execution that is stored. */
interface Created {
  readonly id: number;
  readonly start: ExecutionStart;
  readonly placement: Placement;
}

/** How many versions of an artifact are kept when neither caller nor action say so. */
const DEFAULT_RETENTION_VERSIONS = 5;

/**
 * Creates the top-level executions of enforcements, with their secrets. What nothing holds back is placed on its worker in the
 * same step: the row is stored as `scheduled` with its dispatch, and no message has to be written and read again. History
 * tells of both moves all the same.
 */
@Injectable()
export class StartExecutionsService {
  constructor(
    private readonly planning: PlanPlacementsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether as many executions again would find no room: then it is cheaper to let their events wait than to store them. */
  isCrowdedFor(count: number): boolean {
    return count > 0 && this.planning.roomLeft < count;
  }

  async start(db: EntityManager, starts: readonly ExecutionStart[]): Promise<void> {
    if (starts.length === 0) return;
    const placements = await this.decide(db, starts);
    const ids = await insertExecutions(
      db,
      starts.map((start, index) => toExecution(start, placements[index] ?? ANNOUNCE)),
    );
    const created = ids.flatMap((id, index): Created[] => {
      const start = starts[index];
      return start === undefined ? [] : [{ id, start, placement: placements[index] ?? ANNOUNCE }];
    });
    await copySecretValues(
      db,
      created
        .filter(({ start }) => holdsRedactedSecret(start.config))
        .map(({ id, start }) => ({ execution: id, enforcement: start.enforcement })),
    );
    await this.pass(db, created);
  }

  private async decide(db: EntityManager, starts: readonly ExecutionStart[]): Promise<Placement[]> {
    const candidates = starts.flatMap((start, index) =>
      start.failure === null && start.placeable !== undefined
        ? [{ index, candidate: toCandidate(start, start.placeable) }]
        : [],
    );
    const placements = await this.planning.plan(
      db,
      candidates.map(({ candidate }) => candidate),
    );
    const decided = new Map(candidates.map(({ index }, position) => [index, placements[position]]));
    return starts.map(({ failure }, index) =>
      failure === null ? (decided.get(index) ?? ANNOUNCE) : { type: 'fail', result: brokenRuleResult(failure) },
    );
  }

  /** Hands each execution that no worker has to whoever is next: the queue, or those who wait for its end. */
  private async pass(db: EntityManager, created: readonly Created[]): Promise<void> {
    await postponePlacements(
      db,
      created.flatMap(({ id, placement }) => (placement.type === 'wait' ? [{ execution: id, ...placement }] : [])),
    );
    const failed = created.flatMap(({ id, start, placement }) =>
      placement.type === 'fail' ? [{ executionId: id, actionRef: start.actionRef, result: placement.result }] : [],
    );
    const announced = created.filter(({ placement }) => placement.type === 'announce');
    await publish(db, [
      ...failed.map(({ executionId }) => message('execution.completed', executionId)),
      ...announced.map(({ id }) => message('execution.requested', id)),
    ]);
    logRefusals(this.logger, failed);
  }
}

const ANNOUNCE = { type: 'announce' } as const;

/** Rules say nothing about workers. */
const AS_THE_ACTION_SAYS = {
  id: null,
  workerSelector: null,
  workerTolerations: null,
  workerAffinity: null,
  hasWaitedForRoom: false,
  waitedMs: 0,
} as const;

function toCandidate(
  { actionRef, config }: ExecutionStart,
  placeable: NonNullable<ExecutionStart['placeable']>,
): PlacementCandidate {
  return { ...AS_THE_ACTION_SAYS, ...placeable, actionRef, config };
}

function message<T extends 'execution.completed' | 'execution.requested'>(topic: T, id: number) {
  return { topic, payload: { execution_id: id } } as const;
}

function brokenRuleResult(error: string): JsonObject {
  return { error, succeeded: false, failed_by: 'rule_engine', failed_at: new Date().toISOString() };
}

function toExecution(start: ExecutionStart, placement: Placement): NewExecution {
  return {
    action: start.action,
    action_ref: start.actionRef,
    config: start.config,
    enforcement: start.enforcement,
    rule_ref: start.ruleRef,
    trigger_ref: start.triggerRef,
    executor: start.ownerIdentity ?? SYSTEM_IDENTITY_ID,
    permission_set_refs: start.permissionSetRefs,
    artifact_retention_policy: start.retentionPolicy ?? 'versions',
    artifact_retention_limit: start.retentionLimit ?? DEFAULT_RETENTION_VERSIONS,
    workflow_def: start.workflowDef,
    ...begun(placement),
  };
}

function begun(placement: Placement): Pick<NewExecution, 'status' | 'worker' | 'result'> {
  switch (placement.type) {
    case 'dispatch':
      return { status: 'scheduled', worker: placement.worker };
    case 'fail':
      return { status: placement.status ?? 'failed', result: placement.result };
    case 'announce':
    case 'queued':
    case 'wait':
      return {};
  }
}
