import {
  deleteDispatches,
  DomainError,
  type ExecutionEntity,
  findExecution,
  LIVE_EXECUTION_STATUSES,
  moveExecutions,
  publish,
} from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { executionTarget } from './show-execution.js';

const LIVE: ReadonlySet<string> = new Set(LIVE_EXECUTION_STATUSES);

/** Ends an execution that has not started. One that runs is left alone: nobody would tell its worker. */
@Injectable()
export class CancelExecutionService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  /** @throws DomainError 404, 403, 409 when it has ended, 501 when it runs */
  async execute(caller: Caller, id: number): Promise<ExecutionEntity> {
    const before = found('execution', id, await findExecution(this.dataSource, id));
    this.access.require(caller, operations.cancelExecution, executionTarget(before));
    return this.dataSource.transaction(async (db) => {
      await cancelUnstarted(db, id);
      const after = found('execution', id, await findExecution(db, id));
      // Whoever asks twice, or at the same moment as somebody else, gets what they asked for.
      const isCancelled = after.status === 'cancelled' && before.status !== 'cancelled';
      if (isCancelled || after.status === 'canceling') return after;
      if (!LIVE.has(after.status)) {
        throw new DomainError('execution.conflict', `The execution has already ended: ${after.status}`);
      }
      throw new DomainError(
        'execution.not_implemented',
        'The execution is already running, and this version cannot stop a running one',
      );
    });
  }
}

/** The move is refused for an execution that a worker has taken in the meantime: then nothing of it is touched. */
async function cancelUnstarted(db: EntityManager, id: number): Promise<void> {
  const result = { error: 'Cancelled by user before execution started' };
  const moved = await moveExecutions(db, [{ id, status: 'cancelled', result }], {
    from: ['requested', 'scheduling', 'scheduled'],
  });
  if (moved.length === 0) return;
  await deleteDispatches(db, [id]);
  await publish(db, [{ topic: 'execution.completed', payload: { execution_id: id } }]);
}
