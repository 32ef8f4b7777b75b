import { findEnforcement, listEnforcements } from '@attune/common';
import {
  type EnforcementResponse,
  type EnforcementSummary,
  type ExecutionSummary,
  operations,
  type Page,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { found } from '../domain/found.js';
import { ReadExecutionsService } from '../executions/read-executions.service.js';
import { RevealSecretsService } from '../executions/reveal-secrets.service.js';
import { showExecutionSummary } from '../executions/show-execution.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { pageRequest, seriesPage } from '../http/reply.js';
import { ENFORCEMENT_COLUMNS, enforcementTarget, showEnforcement, showEnforcementSummary } from './show-enforcement.js';

@Controller()
export class EnforcementController {
  constructor(
    @Inject(ReadExecutionsService) private readonly executions: ReadExecutionsService,
    @Inject(RevealSecretsService) private readonly revealing: RevealSecretsService,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  @Operation(operations.listEnforcements)
  async list({ caller, query }: InputOf<typeof operations.listEnforcements>): Promise<Page<EnforcementSummary>> {
    const visible = this.access.visible(caller, operations.listEnforcements, ENFORCEMENT_COLUMNS);
    const page = { ...pageRequest(query), includeTotal: query.include_total };
    const enforcements = await listEnforcements(this.dataSource, { ...query, visible }, page);
    return seriesPage(query, enforcements, showEnforcementSummary);
  }

  @Operation(operations.getEnforcement)
  async get({ caller, params, query }: InputOf<typeof operations.getEnforcement>): Promise<EnforcementResponse> {
    const enforcement = found('enforcement', params.id, await findEnforcement(this.dataSource, params.id));
    const target = enforcementTarget(enforcement);
    this.access.require(caller, operations.getEnforcement, target);
    const { include_secret_values: withSecrets } = query;
    return showEnforcement(withSecrets ? await this.revealing.ofEnforcement(caller, enforcement, target) : enforcement);
  }

  @Operation(operations.listEnforcementExecutions)
  async listExecutions(input: InputOf<typeof operations.listEnforcementExecutions>): Promise<Page<ExecutionSummary>> {
    const { caller, params, query } = input;
    const page = { ...pageRequest(query), includeTotal: true };
    const executions = await this.executions.list(caller, { enforcement: params.enforcement_id }, page);
    return seriesPage(query, executions, showExecutionSummary);
  }
}
