import { Module } from '@nestjs/common';
import { ReadWorkflowsService } from './read-workflows.service.js';
import { WorkflowController } from './workflow.controller.js';
import { WorkflowFilesService } from './workflow-files.service.js';
import { WorkflowSyncService } from './workflow-sync.service.js';
import { WriteWorkflowsService } from './write-workflows.service.js';

@Module({
  controllers: [WorkflowController],
  providers: [ReadWorkflowsService, WorkflowFilesService, WorkflowSyncService, WriteWorkflowsService],
})
export class WorkflowsModule {}
