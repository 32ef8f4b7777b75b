import {
  operations,
  type Page,
  type PackWorkflowSyncResponse,
  type PackWorkflowValidationResponse,
  type SuccessResponse,
  type WorkflowResponse,
  type WorkflowSummary,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest, WithMessage } from '../http/reply.js';
import { messageWith } from './check-workflow.js';
import { ReadWorkflowsService } from './read-workflows.service.js';
import { showWorkflow, showWorkflowSummary } from './show-workflow.js';
import { WorkflowFilesService } from './workflow-files.service.js';
import { WorkflowSyncService } from './workflow-sync.service.js';
import { type SavedWorkflow, WriteWorkflowsService } from './write-workflows.service.js';

@Controller()
export class WorkflowController {
  constructor(
    @Inject(ReadWorkflowsService) private readonly reads: ReadWorkflowsService,
    @Inject(WriteWorkflowsService) private readonly writes: WriteWorkflowsService,
    @Inject(WorkflowFilesService) private readonly files: WorkflowFilesService,
    @Inject(WorkflowSyncService) private readonly syncing: WorkflowSyncService,
  ) {}

  @Operation(operations.listWorkflows)
  async list({ caller, query }: InputOf<typeof operations.listWorkflows>): Promise<Page<WorkflowSummary>> {
    const { tags, search, pack_ref } = query;
    const filter = { search, pack_ref, tags: tags === undefined ? undefined : listOf(tags) };
    return countedPage(query, await this.reads.list(caller, filter, pageRequest(query)), showWorkflowSummary);
  }

  @Operation(operations.listPackWorkflows)
  async listOfPack(input: InputOf<typeof operations.listPackWorkflows>): Promise<Page<WorkflowSummary>> {
    const { caller, params, query } = input;
    const page = await this.reads.listOfPack(caller, params.pack_ref, pageRequest(query));
    return countedPage(query, page, showWorkflowSummary);
  }

  @Operation(operations.getWorkflow)
  async get({ caller, params }: InputOf<typeof operations.getWorkflow>): Promise<WorkflowResponse> {
    return showWorkflow(await this.reads.get(caller, params.ref));
  }

  @Operation(operations.createWorkflow)
  async create({ caller, body }: InputOf<typeof operations.createWorkflow>): Promise<WithMessage<WorkflowResponse>> {
    return saved('Workflow created', await this.writes.create(caller, body));
  }

  @Operation(operations.updateWorkflow)
  async update(input: InputOf<typeof operations.updateWorkflow>): Promise<WithMessage<WorkflowResponse>> {
    return saved('Workflow updated', await this.writes.update(input.caller, input.params.ref, input.body));
  }

  @Operation(operations.deleteWorkflow)
  async delete({ caller, params }: InputOf<typeof operations.deleteWorkflow>): Promise<SuccessResponse> {
    await this.writes.delete(caller, params.ref);
    return { success: true, message: `Workflow ${params.ref} deleted` };
  }

  @Operation(operations.createWorkflowFile)
  async createFile(input: InputOf<typeof operations.createWorkflowFile>): Promise<WithMessage<WorkflowResponse>> {
    return saved('Workflow file created', await this.files.create(input.caller, input.params.pack_ref, input.body));
  }

  @Operation(operations.updateWorkflowFile)
  async updateFile(input: InputOf<typeof operations.updateWorkflowFile>): Promise<WithMessage<WorkflowResponse>> {
    return saved('Workflow file updated', await this.files.update(input.caller, input.params.ref, input.body));
  }

  @Operation(operations.syncPackWorkflows)
  sync({ caller, params }: InputOf<typeof operations.syncPackWorkflows>): Promise<PackWorkflowSyncResponse> {
    return this.syncing.sync(caller, params.ref);
  }

  @Operation(operations.validatePackWorkflows)
  validate(input: InputOf<typeof operations.validatePackWorkflows>): Promise<PackWorkflowValidationResponse> {
    return this.syncing.validate(input.caller, input.params.ref);
  }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const saved = (done: string, { workflow, warnings }: SavedWorkflow): WithMessage<WorkflowResponse> =>
  new WithMessage(showWorkflow(workflow), messageWith(done, warnings));
