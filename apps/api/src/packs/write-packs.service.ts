import { DomainError, findPack, keepSealed, PackEntity, publish, SecretBox, sealValues } from '@attune/common';
import { type CreatePackRequest, operations, type UpdatePackRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { changedFields, givenFields, patched } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { requireRef } from '../domain/refs.js';
import { requireUsableSchema } from '../domain/schemas.js';
import { requireObject } from '../domain/wire.js';
import { packTarget } from './show-pack.js';

/** Creates and changes packs. */
@Injectable()
export class WritePacksService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(SecretBox) private readonly box: SecretBox,
  ) {}

  async create(caller: Caller, body: CreatePackRequest): Promise<PackEntity> {
    const owner = body.is_standard ? null : caller.identityId;
    this.access.require(caller, operations.createPack, { ref: body.ref, packRef: body.ref, owner });
    requireRef('pack', body.ref);
    const { conf_schema, config, meta, ...plain } = body;
    const schema = requireUsableSchema('conf_schema', requireObject('conf_schema', conf_schema)) ?? {};
    return this.dataSource.transaction(async (db) => {
      if (await findPack(db, body.ref)) throw new DomainError('pack.conflict', `The pack ${body.ref} already exists`);
      const pack: Partial<PackEntity> = {
        ...plain,
        description: body.description ?? null,
        conf_schema: schema,
        config: sealValues(this.box, schema, keepSealed(requireObject('config', config), {})),
        meta: requireObject('meta', meta),
        installed_by: owner,
      };
      const { id } = await db.save(Object.assign(new PackEntity(), pack));
      const payload = { pack_id: id, pack_ref: body.ref, version: body.version, runtime_names: [] };
      await publish(db, [{ topic: 'pack.registered', payload }]);
      await this.audit.record(db, caller, { type: 'pack.created', resource: { type: 'pack', id, ref: body.ref } });
      return found('pack', body.ref, await findPack(db, body.ref));
    });
  }

  async update(caller: Caller, ref: string, body: UpdatePackRequest): Promise<PackEntity> {
    return this.dataSource.transaction(async (db) => {
      const pack = found('pack', ref, await findForUpdate(db, PackEntity, ref));
      this.access.require(caller, operations.updatePack, packTarget(pack));
      const { conf_schema, config, meta, description, ...plain } = body;
      const changes: Partial<PackEntity> = {
        ...givenFields(plain),
        description: patched(pack.description, description),
        ...(conf_schema !== undefined && {
          conf_schema: requireUsableSchema('conf_schema', requireObject('conf_schema', conf_schema)) ?? {},
        }),
        ...(config !== undefined && { config: keepSealed(requireObject('config', config), pack.config) }),
        ...(meta !== undefined && { meta: requireObject('meta', meta) }),
      };
      const fields = changedFields(pack, changes).sort();
      const resource = { type: 'pack', id: pack.id, ref };
      if (fields.length > 0)
        await this.audit.record(db, caller, { type: 'pack.updated', resource, details: { fields } });
      Object.assign(pack, changes);
      await db.save(Object.assign(pack, { config: sealValues(this.box, pack.conf_schema, pack.config) }));
      return found('pack', ref, await findPack(db, ref));
    });
  }
}
