import {
  deleteDispatches,
  DomainError,
  execute,
  findPack,
  LOGGER,
  type Logger,
  PackEntity,
  publish,
  sql,
} from '@attune/common';
import { operations } from '@attune/contract';
import { changePack } from '@attune/packs';
import { isRef } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { cancelPackExecutions } from '../executions/sql/cancel-pack-executions.sql.js';
import { wakeWorkersToCancel } from '../executions/sql/wake-workers-to-cancel.sql.js';
import { PackFiles } from './pack-files.service.js';
import { packTarget } from './show-pack.js';

/** Takes packs away. */
@Injectable()
export class DeletePackService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Takes a pack away with its actions, triggers, rules and files. What happened in the past keeps its refs. Executions
   * of the pack that have not ended are cancelled, because their action is gone.
   */
  async delete(caller: Caller, ref: string): Promise<void> {
    // Looked up before its files are touched: the ref becomes the name of a directory.
    const pack = found('pack', ref, await findPack(this.dataSource, ref));
    this.access.require(caller, operations.deletePack, packTarget(pack));
    if (!isRef('pack', pack.ref)) throw new DomainError('pack.bad_request', `'${ref}' is no pack ref`);
    await this.files.inStaging((staging) =>
      changePack(this.files.storage, staging, {
        ref: pack.ref,
        hasFiles: false,
        change: (db) => this.deleteRows(db, caller, pack.ref),
      }),
    );
    await this.files.removeEnvironments(pack.ref);
    this.logger.info({ packRef: ref, identityId: caller.identityId }, 'pack deleted');
  }

  private async deleteRows(db: EntityManager, caller: Caller, ref: string): Promise<void> {
    const pack = found('pack', ref, await findForUpdate(db, PackEntity, ref));
    this.access.require(caller, operations.deletePack, packTarget(pack));
    const { ended, workers } = await cancelPackExecutions(db, ref, { error: `The pack ${ref} was deleted` });
    await deleteDispatches(db, ended);
    await wakeWorkersToCancel(db, workers);
    await execute(db, sql`delete from pack as p where p.id = ${pack.id}`);
    await this.audit.record(db, caller, { type: 'pack.deleted', resource: { type: 'pack', id: pack.id, ref } });
    await publish(db, [
      ...ended.map((id) => ({ topic: 'execution.completed', payload: { execution_id: id } }) as const),
      { topic: 'pack.deleted', payload: { pack_id: pack.id, pack_ref: ref } },
    ]);
  }
}
