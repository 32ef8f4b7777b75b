import {
  type ExecutionMove,
  insertDispatches,
  LOGGER,
  type Logger,
  type Message,
  moveExecutions,
  publish,
} from '@attune/common';
import {
  executionPredecessors,
  holdsRedactedSecret,
  isJsonObject,
  type JsonObject,
  restoreSecrets,
} from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { idsOf } from '../message-ids.js';
import { SecretStore } from '../secrets/secret-store.js';
import { failedResult } from './placement-results.js';
import { type Placement, PlanPlacementsService } from './plan-placements.service.js';
import { logRefusals } from './log-refusals.js';
import { listPlaceableExecutions, type PlaceableExecution } from './sql/list-placeable-executions.sql.js';
import { postponePlacements } from './sql/postpone-placements.sql.js';

/** A placement may start from these; anything else has been dealt with by somebody else. */
const FROM = executionPredecessors('scheduled', 'scheduler');

/** What was decided about an execution that is stored. */
interface Placed {
  readonly execution: PlaceableExecution;
  readonly placement: Placement;
}

/**
 * Gives requested executions to workers. One that can never run fails with the reason; one that must wait goes back into
 * the queue until its time is up. The move is compare-and-set: of two processes at the same execution one wins.
 */
@Injectable()
export class PlaceExecutionsService {
  constructor(
    private readonly secrets: SecretStore,
    private readonly planning: PlanPlacementsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async handle(db: EntityManager, messages: readonly Message[]): Promise<void> {
    const executions = await listPlaceableExecutions(db, idsOf(messages, 'execution_id'));
    if (executions.length === 0) return;
    const parameters = await this.parametersOf(db, executions);
    const waited = new Set(idsOf(messages.filter(hasWaitedForRoom), 'execution_id'));
    const placements = await this.planning.plan(
      db,
      executions.map((execution) => ({
        ...execution,
        parameters: parameters.get(execution.id) ?? {},
        hasWaitedForRoom: waited.has(execution.id),
      })),
    );
    await this.record(
      db,
      executions.flatMap((execution, index) => {
        const placement = placements[index];
        return placement === undefined ? [] : [{ execution, placement }];
      }),
    );
  }

  /** Ends an execution whose message was given up after its last try: nobody else will. */
  async giveUp(db: EntityManager, message: Message, error: string): Promise<void> {
    const [id] = idsOf([message], 'execution_id');
    if (id === undefined) return;
    const result = failedResult(`The execution could not be scheduled: ${error}`, new Date().toISOString());
    const moved = await moveExecutions(db, [{ id, status: 'failed', result }], { from: FROM });
    await publish(db, moved.map(completed));
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

  private async record(db: EntityManager, placed: readonly Placed[]): Promise<void> {
    const moved = new Set(await moveExecutions(db, placed.flatMap(toMove), { from: FROM }));
    const dispatches = placed.flatMap(({ execution: { id, actionRef }, placement }) =>
      placement.type === 'dispatch' && moved.has(id)
        ? [{ execution: id, worker: placement.worker, action_ref: actionRef }]
        : [],
    );
    await insertDispatches(db, dispatches);
    const failed = placed.flatMap(({ execution: { id, actionRef }, placement }) =>
      placement.type === 'fail' && moved.has(id) ? [{ executionId: id, actionRef, result: placement.result }] : [],
    );
    await publish(
      db,
      failed.map(({ executionId }) => completed(executionId)),
    );
    await postponePlacements(
      db,
      placed.flatMap(({ execution, placement }) =>
        placement.type === 'wait' ? [{ execution: execution.id, ...placement }] : [],
      ),
    );
    logRefusals(this.logger, failed);
  }
}

function toMove({ execution: { id }, placement }: Placed): ExecutionMove[] {
  switch (placement.type) {
    case 'dispatch':
      return [{ id, status: 'scheduled', worker: placement.worker }];
    case 'fail':
      return [{ id, status: placement.status ?? 'failed', result: placement.result }];
    case 'announce':
    case 'queued':
    case 'wait':
      return [];
  }
}

/** Its message was written when every worker that fits was full. */
function hasWaitedForRoom({ payload }: Message): boolean {
  const waitsFor =
    typeof payload === 'object' && payload !== null ? (Reflect.get(payload, 'waits_for') as unknown) : [];
  return Array.isArray(waitsFor) && waitsFor.length > 0;
}

function completed(executionId: number) {
  return { topic: 'execution.completed', payload: { execution_id: executionId } } as const;
}
