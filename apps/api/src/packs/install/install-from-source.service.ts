import { type InstallPackRequest, operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { type Caller } from '../../access/caller.js';
import { PackFiles } from '../pack-files.service.js';
import { FetchPacksService } from './fetch-packs.service.js';
import { type InstalledPack, InstallPackService } from './install-pack.service.js';
import { PackDependenciesService } from './pack-dependencies.service.js';

/** Installs packs from repositories, archives, directories and indices, replacing those that are there. */
@Injectable()
export class InstallFromSourceService {
  constructor(
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(FetchPacksService) private readonly fetches: FetchPacksService,
    @Inject(InstallPackService) private readonly installs: InstallPackService,
    @Inject(PackDependenciesService) private readonly dependencies: PackDependenciesService,
  ) {}

  /** @throws DomainError 400 when the pack cannot be had, loaded or tested or needs what is not there; 403 */
  install(caller: Caller, body: InstallPackRequest, signal: AbortSignal): Promise<InstalledPack> {
    const operation = operations.installPack;
    this.installs.requireSomeGrant(caller, operation);
    return this.files.inStaging(async (staging) => {
      const { pack, origin } = await this.fetches.fetchForInstall(staging, body, signal);
      if (!body.skip_deps) await this.dependencies.requireAll(pack.manifest);
      return this.installs.install(caller, {
        operation,
        auditType: 'pack.installed',
        pack,
        staging,
        origin: { sourceType: origin.type, sourceUrl: origin.url, refSpec: origin.refSpec, checksum: origin.checksum },
        force: true,
        skipTests: body.skip_tests,
      });
    });
  }
}
