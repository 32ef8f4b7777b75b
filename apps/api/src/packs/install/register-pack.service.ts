import { basename, dirname, relative, resolve } from 'node:path';
import { realpath } from 'node:fs/promises';
import { CONFIG, type Config, DomainError } from '@attune/common';
import { operations, type RegisterPackRequest } from '@attune/contract';
import {
  copyPackDirectory,
  PackLoadError,
  readPackDirectory,
  requireLocalPath,
  type StagedPack,
  stagePack,
} from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { type Caller } from '../../access/caller.js';
import { PackFiles } from '../pack-files.service.js';
import { type InstalledPack, InstallPackService, type InstallRequest } from './install-pack.service.js';

type Settings = Omit<RegisterPackRequest, 'path'> & Pick<InstallRequest, 'operation'>;

/** Takes packs from directories of the server. */
@Injectable()
export class RegisterPackService {
  constructor(
    @Inject(PackFiles) private readonly files: PackFiles,
    @Inject(InstallPackService) private readonly installs: InstallPackService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  register(caller: Caller, { path, ...settings }: RegisterPackRequest): Promise<InstalledPack> {
    return this.registerFrom(caller, path, { ...settings, operation: operations.registerPack });
  }

  /**
   * A pack that is live already is loaded from where it is; any other is copied.
   *
   * @param path relative ones begin at the directory of packs
   * @throws DomainError 400 for a path elsewhere and for a pack that cannot be loaded, 403, 409
   */
  async registerFrom(
    caller: Caller,
    path: string,
    { force, skip_tests: skipTests, operation }: Settings,
  ): Promise<InstalledPack> {
    this.installs.requireSomeGrant(caller, operation);
    const source = await this.directoryAt(path);
    const request = { operation, auditType: 'pack.registered' as const, force, skipTests };
    if (await this.isLive(source)) {
      return this.installs.install(caller, { ...request, pack: await readLive(source), staging: null, origin: null });
    }
    return this.files.inStaging(async (staging) => {
      const directory = await staging.makeDirectory('unpacked');
      await copyPackDirectory(source, directory, this.config.packUpload);
      const pack = await stagePack(staging, directory);
      const origin = { sourceType: 'local_directory', sourceUrl: path, refSpec: null, checksum: null } as const;
      return this.installs.install(caller, { ...request, pack, staging, origin });
    });
  }

  /** The real place of a directory packs may be read from. @throws DomainError 400 */
  async directoryAt(path: string): Promise<string> {
    if (path.includes('\0')) throw new DomainError('pack.bad_request', 'The path holds a NUL character');
    const found = await requireLocalPath(resolve(this.config.packsBaseDir, path), this.files.registrable);
    const base = await realpath(this.config.packsBaseDir);
    // What begins with a dot there is in the making, but for what was downloaded.
    const inside = relative(base, found);
    if (inside === '' || (inside.startsWith('.') && !inside.startsWith('..') && !inside.startsWith('.downloads/'))) {
      throw new DomainError('pack.bad_request', 'The path is no directory of a pack');
    }
    return found;
  }

  private async isLive(directory: string): Promise<boolean> {
    return dirname(directory) === (await realpath(this.config.packsBaseDir)) && !basename(directory).startsWith('.');
  }
}

async function readLive(directory: string): Promise<StagedPack> {
  const { pack, problems } = await readPackDirectory(directory);
  if (pack === null) throw new PackLoadError(null, problems);
  return { manifest: pack.manifest, directory };
}
