import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import {
  CONFIG,
  type Config,
  deleteDispatches,
  DomainError,
  execute,
  findPack,
  keepSealed,
  LOGGER,
  type Logger,
  PackEntity,
  publish,
  SecretBox,
  sealValues,
  sql,
} from '@attune/common';
import { type CreatePackRequest, operations, type UpdatePackRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { givenFields, patched } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { requireRef } from '../domain/refs.js';
import { requireUsableSchema } from '../domain/schemas.js';
import { requireObject } from '../domain/wire.js';
import { cancelPackExecutions } from '../executions/sql/cancel-pack-executions.sql.js';
import { wakeWorkersToCancel } from '../executions/sql/wake-workers-to-cancel.sql.js';
import { packTarget } from './show-pack.js';

/** Creates, changes and deletes packs. */
@Injectable()
export class WritePacksService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
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
      Object.assign(pack, changes);
      await db.save(Object.assign(pack, { config: sealValues(this.box, pack.conf_schema, pack.config) }));
      return found('pack', ref, await findPack(db, ref));
    });
  }

  /**
   * Takes a pack away with its actions, triggers and rules. What happened in the past keeps its refs. Executions of the
   * pack that have not ended are cancelled, because their action is gone.
   */
  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const pack = found('pack', ref, await findForUpdate(db, PackEntity, ref));
      this.access.require(caller, operations.deletePack, packTarget(pack));
      const { ended, workers } = await cancelPackExecutions(db, ref, { error: `The pack ${ref} was deleted` });
      await deleteDispatches(db, ended);
      await wakeWorkersToCancel(db, workers);
      await execute(db, sql`delete from pack as p where p.id = ${pack.id}`);
      await publish(db, [
        ...ended.map((id) => ({ topic: 'execution.completed', payload: { execution_id: id } }) as const),
        { topic: 'pack.deleted', payload: { pack_id: pack.id, pack_ref: ref } },
      ]);
    });
    // A pack ref is one plain path segment (its check constraint), so this stays below the directory of packs.
    await rm(join(this.config.packsBaseDir, ref), { recursive: true, force: true });
    this.logger.info({ packRef: ref, identityId: caller.identityId }, 'pack deleted');
  }
}
