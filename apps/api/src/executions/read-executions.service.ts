import {
  countExecutions,
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
import { asksForRefsOnly, EXECUTION_COLUMNS, executionTarget, SUM_COLUMNS } from './execution-access.js';
import { RevealSecretsService } from './reveal-secrets.service.js';

/** Shows executions. */
@Injectable()
export class ReadExecutionsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(RevealSecretsService) private readonly revealing: RevealSecretsService,
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
    const operation = operations.getExecutionStats;
    const counts = await countExecutions(this.dataSource, {
      rows: this.access.visible(caller, operation, EXECUTION_COLUMNS),
      sums: asksForRefsOnly(caller) ? this.access.visible(caller, operation, SUM_COLUMNS) : null,
    });
    const of = (...statuses: (keyof typeof counts)[]) => statuses.reduce((sum, status) => sum + counts[status], 0);
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
    return withSecretValues ? this.revealing.ofExecution(caller, execution, target) : execution;
  }
}
