import { DomainError, execute, findPack, findTrigger, LOGGER, type Logger, sql, TriggerEntity } from '@attune/common';
import { type CreateTriggerRequest, operations, type UpdateTriggerRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { definitionChanged, definitionUpdated } from '../audit/definition-audit.js';
import { changedFields, givenFields, patched } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { requireRef } from '../domain/refs.js';
import { requireUsableSchema } from '../domain/schemas.js';
import { objectOrNull } from '../domain/wire.js';
import { triggerTarget } from './show-trigger.js';

/** Creates, changes and deletes triggers. */
@Injectable()
export class WriteTriggersService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async create(caller: Caller, body: CreateTriggerRequest): Promise<TriggerEntity> {
    const { pack_ref: packRef, param_schema, out_schema, ...plain } = body;
    const pack = packRef === undefined ? null : found('pack', packRef, await findPack(this.dataSource, packRef));
    this.access.require(caller, operations.createTrigger, { ref: body.ref, packRef: pack?.ref ?? null });
    requireRef('trigger', body.ref);
    return this.dataSource.transaction(async (db) => {
      if (await findTrigger(db, body.ref)) {
        throw new DomainError('trigger.conflict', `The trigger ${body.ref} already exists`);
      }
      const trigger: Partial<TriggerEntity> = {
        ...plain,
        description: body.description ?? null,
        pack: pack?.id ?? null,
        pack_ref: pack?.ref ?? null,
        param_schema: requireUsableSchema('param_schema', objectOrNull('param_schema', param_schema)),
        out_schema: requireUsableSchema('out_schema', objectOrNull('out_schema', out_schema)),
        is_adhoc: true,
      };
      await db.save(Object.assign(new TriggerEntity(), trigger));
      const created = found('trigger', body.ref, await findTrigger(db, body.ref));
      await this.audit.record(db, caller, definitionChanged('trigger', created, 'created'));
      return created;
    });
  }

  async update(caller: Caller, ref: string, body: UpdateTriggerRequest): Promise<TriggerEntity> {
    return this.dataSource.transaction(async (db) => {
      const trigger = found('trigger', ref, await findForUpdate(db, TriggerEntity, ref));
      this.access.require(caller, operations.updateTrigger, triggerTarget(trigger));
      const { description, param_schema, out_schema, ...plain } = body;
      const changes: Partial<TriggerEntity> = {
        ...givenFields(plain),
        description: patched(trigger.description, description),
        param_schema: requireUsableSchema(
          'param_schema',
          objectOrNull('param_schema', patched(trigger.param_schema, param_schema)),
        ),
        out_schema: requireUsableSchema(
          'out_schema',
          objectOrNull('out_schema', patched(trigger.out_schema, out_schema)),
        ),
      };
      await this.audit.record(db, caller, ...definitionUpdated('trigger', trigger, changedFields(trigger, changes)));
      await db.save(Object.assign(trigger, changes));
      return found('trigger', ref, await findTrigger(db, ref));
    });
  }

  /** Disabled, a trigger still takes events, but no rule looks at them. */
  async setEnabled(caller: Caller, ref: string, enabled: boolean): Promise<TriggerEntity> {
    return this.dataSource.transaction(async (db) => {
      const trigger = found('trigger', ref, await findForUpdate(db, TriggerEntity, ref));
      const operation = enabled ? operations.enableTrigger : operations.disableTrigger;
      this.access.require(caller, operation, triggerTarget(trigger));
      await execute(db, sql`update trigger as t set enabled = ${enabled} where t.id = ${trigger.id}`);
      await this.audit.record(
        db,
        caller,
        ...definitionUpdated('trigger', trigger, changedFields(trigger, { enabled })),
      );
      return found('trigger', ref, await findTrigger(db, ref));
    });
  }

  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const trigger = found('trigger', ref, await findForUpdate(db, TriggerEntity, ref));
      this.access.require(caller, operations.deleteTrigger, triggerTarget(trigger));
      await execute(db, sql`delete from trigger as t where t.id = ${trigger.id}`);
      await this.audit.record(db, caller, definitionChanged('trigger', trigger, 'deleted'));
    });
    this.logger.info({ triggerRef: ref, identityId: caller.identityId }, 'trigger deleted');
  }
}
