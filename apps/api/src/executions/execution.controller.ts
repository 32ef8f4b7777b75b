import {
  type ExecutionResponse,
  type ExecutionStats,
  type ExecutionSummary,
  operations,
  type Page,
} from '@attune/contract';
import { Controller, Inject, type StreamableFile } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { pageRequest, seriesPage } from '../http/reply.js';
import { CancelExecutionService } from './cancel-execution.service.js';
import { ExecuteActionService } from './execute-action.service.js';
import { ReadExecutionsService } from './read-executions.service.js';
import { showExecution, showExecutionSummary } from './show-execution.js';
import { StreamExecutionsService } from './stream/stream-executions.service.js';

@Controller()
export class ExecutionController {
  constructor(
    @Inject(ReadExecutionsService) private readonly reads: ReadExecutionsService,
    @Inject(ExecuteActionService) private readonly executeAction: ExecuteActionService,
    @Inject(CancelExecutionService) private readonly cancelExecution: CancelExecutionService,
    @Inject(StreamExecutionsService) private readonly streams: StreamExecutionsService,
  ) {}

  @Operation(operations.listExecutions)
  async list({ caller, query }: InputOf<typeof operations.listExecutions>): Promise<Page<ExecutionSummary>> {
    const page = { ...pageRequest(query), includeTotal: query.include_total };
    return seriesPage(query, await this.reads.list(caller, query, page), showExecutionSummary);
  }

  @Operation(operations.listExecutionsByStatus)
  async listByStatus(input: InputOf<typeof operations.listExecutionsByStatus>): Promise<Page<ExecutionSummary>> {
    const { caller, params, query } = input;
    const page = { ...pageRequest(query), includeTotal: true };
    return seriesPage(query, await this.reads.list(caller, { status: params.status }, page), showExecutionSummary);
  }

  @Operation(operations.getExecutionStats)
  stats({ caller }: InputOf<typeof operations.getExecutionStats>): Promise<ExecutionStats> {
    return this.reads.stats(caller);
  }

  @Operation(operations.streamExecutions)
  async stream({ caller, query, http }: InputOf<typeof operations.streamExecutions>): Promise<StreamableFile> {
    http.setHeader('cache-control', 'no-cache');
    http.setHeader('x-accel-buffering', 'no');
    return (await this.streams.open({ caller, executionId: query.execution_id, http })).toReply();
  }

  @Operation(operations.getExecution)
  async get({ caller, params, query }: InputOf<typeof operations.getExecution>): Promise<ExecutionResponse> {
    return showExecution(await this.reads.get(caller, params.id, query.include_secret_values));
  }

  @Operation(operations.executeAction)
  async execute({ caller, body }: InputOf<typeof operations.executeAction>): Promise<ExecutionResponse> {
    return showExecution(await this.executeAction.execute(caller, body));
  }

  @Operation(operations.cancelExecution)
  async cancel({ caller, params }: InputOf<typeof operations.cancelExecution>): Promise<ExecutionResponse> {
    return showExecution(await this.cancelExecution.execute(caller, params.id));
  }
}
