import { type HistoryFilter, listHistory } from '@attune/common';
import { type HistoryRecordResponse, operations, type Page } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { EXECUTION_HISTORY_COLUMNS, showHistoryRecord } from './show-history.js';

type HistoryQuery = InputOf<typeof operations.listHistory>['query'];

/** What was recorded of executions and workers. Who may see an execution may see its history. */
@Controller()
export class HistoryController {
  constructor(
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  @Operation(operations.listHistory)
  list({ caller, params, query }: InputOf<typeof operations.listHistory>): Promise<Page<HistoryRecordResponse>> {
    return params.entity_type === 'worker' ? this.ofWorkers(caller, query) : this.ofExecutions(caller, query);
  }

  @Operation(operations.listExecutionHistory)
  async listOfExecution(input: InputOf<typeof operations.listExecutionHistory>): Promise<Page<HistoryRecordResponse>> {
    const { caller, params, query } = input;
    return this.ofExecutions(caller, query, params.id);
  }

  @Operation(operations.listWorkerHistory)
  async listOfWorker(input: InputOf<typeof operations.listWorkerHistory>): Promise<Page<HistoryRecordResponse>> {
    const { caller, params, query } = input;
    return this.ofWorkers(caller, query, params.id);
  }

  private async ofExecutions(caller: Caller, query: HistoryQuery, id?: number): Promise<Page<HistoryRecordResponse>> {
    const visible = this.access.visible(caller, operations.listExecutionHistory, EXECUTION_HISTORY_COLUMNS);
    return this.read('execution', { ...query, visible }, query, id);
  }

  private async ofWorkers(caller: Caller, query: HistoryQuery, id?: number): Promise<Page<HistoryRecordResponse>> {
    this.access.require(caller, operations.listWorkerHistory, {});
    return this.read('worker', query, query, id);
  }

  /** A path that names one entity and a query that names another have nothing in common. */
  private async read(
    entityType: 'execution' | 'worker',
    filter: HistoryFilter,
    query: HistoryQuery,
    id: number | undefined,
  ): Promise<Page<HistoryRecordResponse>> {
    const isContradiction = id !== undefined && filter.entity_id !== undefined && filter.entity_id !== id;
    const page = isContradiction
      ? { rows: [], total: 0 }
      : await listHistory(
          this.dataSource,
          entityType,
          { ...filter, entity_id: id ?? filter.entity_id },
          pageRequest(query),
        );
    return countedPage(query, page, showHistoryRecord);
  }
}
