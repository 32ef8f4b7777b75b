import {
  type CountedPage,
  findPack,
  findWorkflow,
  listWorkflows,
  type PageRequest,
  type WorkflowDefinitionEntity,
  type WorkflowFilter,
  type WorkflowSummaryRow,
} from '@attune/common';
import { operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { WORKFLOW_COLUMNS, workflowTarget } from './show-workflow.js';

/** Shows workflows. */
@Injectable()
export class ReadWorkflowsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async list(caller: Caller, filter: WorkflowFilter, page: PageRequest): Promise<CountedPage<WorkflowSummaryRow>> {
    const visible = this.access.visible(caller, operations.listWorkflows, WORKFLOW_COLUMNS);
    return listWorkflows(this.dataSource, { ...filter, visible }, page);
  }

  async listOfPack(caller: Caller, packRef: string, page: PageRequest): Promise<CountedPage<WorkflowSummaryRow>> {
    found('pack', packRef, await findPack(this.dataSource, packRef));
    return this.list(caller, { pack_ref: packRef }, page);
  }

  async get(caller: Caller, ref: string): Promise<WorkflowDefinitionEntity> {
    const workflow = found('workflow', ref, await findWorkflow(this.dataSource, ref));
    this.access.require(caller, operations.getWorkflow, workflowTarget(workflow));
    return workflow;
  }
}
