import {
  deleteWorkflow,
  DomainError,
  findPack,
  findWorkflow,
  LOGGER,
  type Logger,
  WorkflowDefinitionEntity,
} from '@attune/common';
import { type CreateWorkflowRequest, operations, type UpdateWorkflowRequest } from '@attune/contract';
import { type Json, type JsonObject } from '@attune/engine';
import { storeWorkflow } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { givenFields } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { requireRef } from '../domain/refs.js';
import { requireUsableSchema } from '../domain/schemas.js';
import { objectOrNull } from '../domain/wire.js';
import { requireUsableWorkflow } from './check-workflow.js';
import { workflowTarget } from './show-workflow.js';

/** A workflow that was stored, and what the person who did so should know. */
export interface SavedWorkflow {
  readonly workflow: WorkflowDefinitionEntity;
  readonly warnings: readonly string[];
}

/** Creates, changes and deletes workflows, each together with the action through which it is run. */
@Injectable()
export class WriteWorkflowsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async create(caller: Caller, body: CreateWorkflowRequest): Promise<SavedWorkflow> {
    const pack = found('pack', body.pack_ref, await findPack(this.dataSource, body.pack_ref));
    this.access.require(caller, operations.createWorkflow, { ref: body.ref, packRef: pack.ref });
    // Its action has the same ref, so it must be one.
    requireRef('action', body.ref);
    const schemas = schemasOf(body);
    return this.dataSource.transaction(async (db) => {
      const { definition, warnings } = await requireUsableWorkflow(db, body.definition, schemas.param_schema);
      if (await findWorkflow(db, body.ref)) {
        throw new DomainError('workflow.conflict', `The workflow ${body.ref} already exists`);
      }
      const row = { ...describe(body), ...schemas, definition, ...NO_FILE };
      await storeWorkflow(db, pack, { ...row, ref: body.ref, isAdhoc: true });
      return { workflow: await this.tell(db, caller, body.ref, { change: 'created' }), warnings };
    });
  }

  async update(caller: Caller, ref: string, body: UpdateWorkflowRequest): Promise<SavedWorkflow> {
    return this.dataSource.transaction(async (db) => {
      const stored = found('workflow', ref, await findForUpdate(db, WorkflowDefinitionEntity, ref));
      this.access.require(caller, operations.updateWorkflow, workflowTarget(stored));
      const schemas = schemasOf({
        param_schema: body.param_schema ?? stored.param_schema,
        out_schema: body.out_schema ?? stored.out_schema,
      });
      const given = body.definition ?? stored.definition;
      const { definition, warnings } = await requireUsableWorkflow(db, given, schemas.param_schema);
      const { label = stored.label, description = stored.description, version = stored.version } = body;
      const facts = describe({ label, description, version, tags: body.tags ?? stored.tags });
      const pack = { id: stored.pack, ref: stored.pack_ref };
      await storeWorkflow(db, pack, {
        ...facts,
        ...schemas,
        ...NO_FILE,
        ref,
        definition,
        isAdhoc: stored.is_adhoc,
      });
      const fields = Object.keys(givenFields(body));
      return { workflow: await this.tell(db, caller, ref, { change: 'updated', fields }), warnings };
    });
  }

  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const workflow = found('workflow', ref, await findForUpdate(db, WorkflowDefinitionEntity, ref));
      this.access.require(caller, operations.deleteWorkflow, workflowTarget(workflow));
      await this.tell(db, caller, ref, { change: 'deleted' });
      await deleteWorkflow(db, workflow.id);
    });
    this.logger.info({ workflowRef: ref, identityId: caller.identityId }, 'workflow deleted');
  }

  private async tell(
    db: EntityManager,
    caller: Caller,
    ref: string,
    details: JsonObject,
  ): Promise<WorkflowDefinitionEntity> {
    const workflow = found('workflow', ref, await findWorkflow(db, ref));
    const resource = { type: 'workflow', id: workflow.id, ref };
    await this.audit.record(db, caller, { type: 'definition.workflow.changed', resource, details });
    return workflow;
  }
}

/** What files say of an action stays as it is stored. */
const NO_FILE = { entrypoint: null, action: null };

/** What is said about a workflow beside its graph. */
const describe = (
  body: Pick<CreateWorkflowRequest, 'label' | 'version'> & {
    description?: string | null | undefined;
    tags?: readonly string[] | undefined;
  },
) => ({
  label: body.label,
  description: body.description ?? null,
  version: body.version,
  tags: body.tags ?? [],
});

/** @throws DomainError 422 */
const schemasOf = ({
  param_schema,
  out_schema,
}: {
  param_schema?: Json | undefined;
  out_schema?: Json | undefined;
}) => ({
  param_schema: requireUsableSchema('param_schema', objectOrNull('param_schema', param_schema)),
  out_schema: requireUsableSchema('out_schema', objectOrNull('out_schema', out_schema)),
});
