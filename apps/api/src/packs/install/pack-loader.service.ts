import { DomainError, LOGGER, type Logger, SecretBox } from '@attune/common';
import { type LoadedPack, loadPackDirectory, problemText } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Caller } from '../../access/caller.js';
import { DelegationService } from '../../access/delegation.service.js';
import { listSetsOfPack } from '../../access/sql/list-handed-sets.sql.js';
import { sealStoredSecrets } from '../../bootstrap/seal-stored-secrets.js';
import { mayManagePermissions } from '../../access/may-manage-permissions.js';

type LoadOptions = Parameters<typeof loadPackDirectory>[2];

/** Writes the rows of a pack from its files. */
@Injectable()
export class PackLoader {
  constructor(
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(DelegationService) private readonly delegations: DelegationService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Secrets that stand in the files are never committed in plain text, and a pack brings nobody rights that its installer does
   * not have.
   * @throws DomainError permission.forbidden
   */
  async load(db: EntityManager, caller: Caller, directory: string, options: LoadOptions): Promise<LoadedPack> {
    const loaded = await loadPackDirectory(db, directory, options);
    await sealStoredSecrets(db, this.box);
    await this.requireRights(db, caller, loaded);
    return loaded;
  }

  /** Sets the pack brings or changes, and those its code and its rules run with, also by rules of other packs. */
  private async requireRights(db: EntityManager, caller: Caller, { id, changes }: LoadedPack): Promise<void> {
    if (mayManagePermissions(caller)) return;
    const { written, removed } = changes.permission_set;
    if (removed.length > 0) {
      throw new DomainError('permission.forbidden', `You cannot take the permission set ${removed.join(', ')} away`);
    }
    await this.delegations.require(caller, [...written, ...(await listSetsOfPack(db, id))], db);
  }

  /** Says what was loaded, and what was odd about it. */
  report({ ref, version, created, warnings }: LoadedPack): void {
    this.logger.info({ packRef: ref, version }, created ? 'pack installed' : 'pack updated');
    for (const warning of warnings) {
      this.logger.warn({ packRef: ref, problem: problemText(warning) }, 'pack has a flaw');
    }
  }
}
