import { ActionEntity, DomainError, execute, findAction, findPack, LOGGER, type Logger, sql } from '@attune/common';
import { type CreateActionRequest, operations, type UpdateActionRequest } from '@attune/contract';
import { type Json } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { DelegationService } from '../access/delegation.service.js';
import { listSetsOfAction } from '../access/sql/list-handed-sets.sql.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { definitionChanged, definitionUpdated } from '../audit/definition-audit.js';
import { changedFields, givenFields, patched, without } from '../domain/changes.js';
import { placementOf, requireVersionConstraints } from '../domain/placement.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { requireRef } from '../domain/refs.js';
import { requireUsableSchema } from '../domain/schemas.js';
import { objectOrNull, requireObject } from '../domain/wire.js';
import { findRuntimeOf } from './find-runtime-of.js';
import { actionTarget } from './show-action.js';

/** Creates, changes and deletes actions. Made here they are ad-hoc: their entry point is the source itself. */
@Injectable()
export class WriteActionsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DelegationService) private readonly delegations: DelegationService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async create(caller: Caller, body: CreateActionRequest): Promise<ActionEntity> {
    const pack = found('pack', body.pack_ref, await findPack(this.dataSource, body.pack_ref));
    this.access.require(caller, operations.createAction, { ref: body.ref, packRef: pack.ref });
    requireRef('action', body.ref);
    await this.delegations.require(caller, body.default_execution_permission_set_refs);
    const { param_schema, out_schema } = body;
    requireVersionConstraints(constraintsOf(body.runtime_version_constraint, body.required_worker_runtimes));
    const plain = without(body, 'runtime', 'runtime_ref', 'worker_tolerations', 'worker_affinity');
    return this.dataSource.transaction(async (db) => {
      const runtime = await findRuntimeOf(db, { id: body.runtime, ref: body.runtime_ref });
      if (await findAction(db, body.ref)) {
        throw new DomainError('action.conflict', `The action ${body.ref} already exists`);
      }
      const action: Partial<ActionEntity> = {
        ...givenFields(plain),
        ...placementOf(body),
        pack: pack.id,
        runtime: runtime?.id ?? null,
        runtime_ref: runtime?.ref ?? null,
        param_schema: requireUsableSchema('param_schema', objectOrNull('param_schema', param_schema)),
        out_schema: requireUsableSchema('out_schema', objectOrNull('out_schema', out_schema)),
        is_adhoc: true,
      };
      await db.save(Object.assign(new ActionEntity(), action));
      const created = found('action', body.ref, await findAction(db, body.ref));
      await this.audit.record(db, caller, definitionChanged('action', created, 'created'));
      return created;
    });
  }

  async update(caller: Caller, ref: string, body: UpdateActionRequest): Promise<ActionEntity> {
    return this.dataSource.transaction(async (db) => {
      const action = found('action', ref, await findForUpdate(db, ActionEntity, ref));
      this.access.require(caller, operations.updateAction, actionTarget(action));
      const runtime = await findRuntimeOf(db, { id: body.runtime, ref: body.runtime_ref });
      const linked = runtime && { runtime: runtime.id, runtime_ref: runtime.ref };
      const changes = { ...changesOf(action, body), ...linked };
      const fields = changedFields(action, changes);
      if (fields.some((field) => !DESCRIPTIVE.has(field))) {
        const named = body.default_execution_permission_set_refs ?? [];
        // Whoever changes what runs has the rights it runs with, also those somebody else gave it.
        await this.delegations.require(caller, [...named, ...(await listSetsOfAction(db, action.id))], db);
      }
      await this.audit.record(db, caller, ...definitionUpdated('action', action, fields));
      await db.save(Object.assign(action, changes));
      return found('action', ref, await findAction(db, ref));
    });
  }

  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const action = found('action', ref, await findForUpdate(db, ActionEntity, ref));
      this.access.require(caller, operations.deleteAction, actionTarget(action));
      await execute(db, sql`delete from action as a where a.id = ${action.id}`);
      await this.audit.record(db, caller, definitionChanged('action', action, 'deleted'));
    });
    this.logger.info({ actionRef: ref, identityId: caller.identityId }, 'action deleted');
  }
}

/** Fields that change nothing about what an action does. */
const DESCRIPTIVE: ReadonlySet<string> = new Set([
  'label',
  'description',
  'artifact_retention_policy',
  'artifact_retention_limit',
  'log_retention_policy',
  'log_retention_limit',
]);

const RETENTION = [
  'artifact_retention_policy',
  'artifact_retention_limit',
  'log_retention_policy',
  'log_retention_limit',
] as const;

/** What an update says, without the runtime, which has to be looked up. */
function changesOf(action: ActionEntity, body: UpdateActionRequest): Partial<ActionEntity> {
  const { param_schema, out_schema, runtime_version_constraint: constraint } = body;
  const plain = without(
    body,
    ...RETENTION,
    'runtime',
    'runtime_ref',
    'runtime_version_constraint',
    'worker_tolerations',
    'worker_affinity',
    'param_schema',
    'out_schema',
  );
  const written = constraint?.op === 'set' ? constraint.value : undefined;
  requireVersionConstraints(constraintsOf(written, body.required_worker_runtimes));
  const schema = (field: 'param_schema' | 'out_schema', value: Json) => ({
    [field]: requireUsableSchema(field, requireObject(field, value)),
  });
  return {
    ...givenFields(plain),
    ...placementOf(body),
    ...(param_schema !== undefined && schema('param_schema', param_schema)),
    ...(out_schema !== undefined && schema('out_schema', out_schema)),
    runtime_version_constraint: patched(action.runtime_version_constraint, constraint),
    artifact_retention_policy: patched(action.artifact_retention_policy, body.artifact_retention_policy),
    artifact_retention_limit: patched(action.artifact_retention_limit, body.artifact_retention_limit),
    log_retention_policy: patched(action.log_retention_policy, body.log_retention_policy),
    log_retention_limit: patched(action.log_retention_limit, body.log_retention_limit),
  };
}

function constraintsOf(
  runtime_version_constraint: string | undefined,
  required: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string | undefined>> {
  const named = Object.entries(required ?? {}).map(([name, constraint]) => [
    `required_worker_runtimes.${name}`,
    constraint,
  ]);
  return { runtime_version_constraint, ...(Object.fromEntries(named) as Record<string, string>) };
}
