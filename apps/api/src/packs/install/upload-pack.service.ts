import { DomainError, CONFIG, type Config } from '@attune/common';
import { operations } from '@attune/contract';
import { extractArchive, findPackRoot, stagePack } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { type Caller } from '../../access/caller.js';
import { type HttpExchange } from '../../http/exchange.js';
import { readForm } from '../../http/multipart.js';
import { PackFiles } from '../pack-files.service.js';
import { type InstalledPack, InstallPackService } from './install-pack.service.js';

export interface UploadedPack extends InstalledPack {
  readonly testsSkipped: boolean;
}

/** Takes packs that are sent as archives. */
@Injectable()
export class UploadPackService {
  constructor(
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(InstallPackService) private readonly installs: InstallPackService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The archive is unpacked while it comes, and never kept. @throws DomainError 400, 403, 409 */
  upload(caller: Caller, http: HttpExchange): Promise<UploadedPack> {
    const operation = operations.uploadPack;
    this.installs.requireSomeGrant(caller, operation);
    return this.files.inStaging(async (staging) => {
      const directory = await staging.makeDirectory('unpacked');
      const fields = await readForm(http, operation, ({ content }) =>
        extractArchive(content, directory, { limits: this.config.packUpload }),
      );
      if (http.closed.aborted) throw new DomainError('request.bad_request', 'The client went away');
      const pack = await stagePack(staging, await findPackRoot(directory));
      const skipTests = fields['skip_tests'] === true;
      const installed = await this.installs.install(caller, {
        operation,
        auditType: 'pack.uploaded',
        pack,
        staging,
        origin: { sourceType: 'upload', sourceUrl: null, refSpec: null, checksum: null },
        force: fields['force'] === true,
        skipTests,
      });
      return { ...installed, testsSkipped: skipTests };
    });
  }
}
