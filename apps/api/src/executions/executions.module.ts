import { Module } from '@nestjs/common';
import { CancelExecutionService } from './cancel-execution.service.js';
import { ExecuteActionService } from './execute-action.service.js';
import { ExecutionController } from './execution.controller.js';
import { ReadExecutionsService } from './read-executions.service.js';

@Module({
  controllers: [ExecutionController],
  providers: [CancelExecutionService, ExecuteActionService, ReadExecutionsService],
  exports: [ReadExecutionsService],
})
export class ExecutionsModule {}
