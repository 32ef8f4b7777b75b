import { Module } from '@nestjs/common';
import { CancelExecutionService } from './cancel-execution.service.js';
import { ExecuteActionService } from './execute-action.service.js';
import { ExecutionController } from './execution.controller.js';
import { ReadExecutionsService } from './read-executions.service.js';
import { RevealSecretsService } from './reveal-secrets.service.js';
import { ExecutionFeed } from './stream/execution-feed.service.js';
import { StreamExecutionsService } from './stream/stream-executions.service.js';

@Module({
  controllers: [ExecutionController],
  providers: [
    ExecutionFeed,
    StreamExecutionsService,
    CancelExecutionService,
    ExecuteActionService,
    ReadExecutionsService,
    RevealSecretsService,
  ],
  exports: [ReadExecutionsService, RevealSecretsService],
})
export class ExecutionsModule {}
