import {
  deleteDispatches,
  DomainError,
  type ExecutionEntity,
  findExecution,
  leaveAuditToCaller,
  moveExecutions,
  publish,
  TransientError,
} from '@attune/common';
import { operations } from '@attune/contract';
import { executionPredecessors } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { executionCancelled } from './execution-audit.js';
import { executionTarget } from './execution-access.js';
import { wakeWorkersToCancel } from './sql/wake-workers-to-cancel.sql.js';

/** An execution that starts, or is taken back from its worker, while we look at it is looked at again. */
const ATTEMPTS = 3;

/**
 * Cancels an execution. One that has not started ends at once. One that runs becomes `canceling`: its worker stops the
 * process and reports the end, which is the real result when the process was faster.
 */
@Injectable()
export class CancelExecutionService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws DomainError 404, 403, 409 when it has ended */
  async execute(caller: Caller, id: number): Promise<ExecutionEntity> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const before = found('execution', id, await findExecution(this.dataSource, id));
      const target = executionTarget(before);
      this.access.require(caller, operations.cancelExecution, target);
      const isDone = await this.dataSource.transaction((db) => this.cancelAudited(db, caller, before));
      if (isDone) return found('execution', id, await findExecution(this.dataSource, id));
    }
    throw new TransientError('the execution changed its status each time it was looked at');
  }

  /** Asking once more for what is under way already changes nothing, so there is nothing to tell. */
  private async cancelAudited(db: EntityManager, caller: Caller, before: ExecutionEntity): Promise<boolean> {
    await leaveAuditToCaller(db);
    const isDone = await cancel(db, before);
    if (isDone && before.status !== 'canceling') {
      const to = before.status === 'running' ? 'canceling' : 'cancelled';
      await this.audit.record(db, caller, executionCancelled(before, to));
    }
    return isDone;
  }
}

/** False when the execution was no longer in the status it was seen in: nothing of it was touched then. */
async function cancel(db: EntityManager, { id, status, worker }: ExecutionEntity): Promise<boolean> {
  switch (status) {
    case 'requested':
    case 'scheduling':
    case 'scheduled':
      return cancelUnstarted(db, id);
    case 'running': {
      const from = executionPredecessors('canceling', 'api');
      const moved = await moveExecutions(db, [{ id, status: 'canceling' }], { from });
      if (moved.length > 0 && worker !== null) await wakeWorkersToCancel(db, [worker]);
      return moved.length > 0;
    }
    case 'canceling':
      return true;
    default:
      throw new DomainError('execution.conflict', `The execution has already ended: ${status}`);
  }
}

async function cancelUnstarted(db: EntityManager, id: number): Promise<boolean> {
  const result = { error: 'Cancelled by user before execution started' };
  // One that began meanwhile has a process to be stopped: it is looked at again.
  const from = executionPredecessors('cancelled', 'api').filter((status) => status !== 'running');
  const moved = await moveExecutions(db, [{ id, status: 'cancelled', result }], { from });
  if (moved.length === 0) return false;
  await deleteDispatches(db, [id]);
  await publish(db, [{ topic: 'execution.completed', payload: { execution_id: id } }]);
  return true;
}
