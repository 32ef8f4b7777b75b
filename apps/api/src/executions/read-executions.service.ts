import {
  type ExecutionEntity,
  type ExecutionFilter,
  type ExecutionSummaryRow,
  findExecution,
  listExecutions,
  type TimeSeriesPage,
  type TimeSeriesPageRequest,
} from '@attune/common';
import { type ExecutionStats, operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { EXECUTION_COLUMNS, executionTarget } from './execution-access.js';
import { refuseSecretValues } from './secret-values.js';
import { countExecutions } from './sql/count-executions.sql.js';

/** Shows executions. */
@Injectable()
export class ReadExecutionsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async list(
    caller: Caller,
    filter: ExecutionFilter,
    page: TimeSeriesPageRequest,
  ): Promise<TimeSeriesPage<ExecutionSummaryRow>> {
    const visible = this.access.visible(caller, operations.listExecutions, EXECUTION_COLUMNS);
    return listExecutions(this.dataSource, { ...filter, visible }, page);
  }

  async stats(caller: Caller): Promise<ExecutionStats> {
    const visible = this.access.visible(caller, operations.getExecutionStats, EXECUTION_COLUMNS);
    const counts = await countExecutions(this.dataSource, visible);
    const of = (...statuses: (keyof typeof counts)[]) =>
      statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
    return {
      total: Object.values(counts).reduce((sum, count) => sum + count, 0),
      completed: of('completed'),
      failed: of('failed'),
      running: of('running'),
      pending: of('requested', 'scheduling', 'scheduled'),
      cancelled: of('cancelled', 'canceling'),
      timeout: of('timeout'),
      abandoned: of('abandoned'),
    };
  }

  async get(caller: Caller, id: number, withSecretValues: boolean): Promise<ExecutionEntity> {
    const execution = found('execution', id, await findExecution(this.dataSource, id));
    const target = executionTarget(execution);
    this.access.require(caller, operations.getExecution, target);
    if (withSecretValues) refuseSecretValues(caller, 'executions:decrypt', target);
    return execution;
  }
}
