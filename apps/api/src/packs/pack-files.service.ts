import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG, type Config, LOGGER, type Logger } from '@attune/common';
import { type PackStorage, type Staging, StagingArea } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Below the directory of packs: what was downloaded and waits to be registered. No pack can be called that. */
const DOWNLOADS = '.downloads';

/** How long (ms) a download waits. */
const DOWNLOAD_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Where the files of packs are, and where they are made ready. */
@Injectable()
export class PackFiles {
  readonly storage: PackStorage;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.storage = { dataSource, area: new StagingArea(config.packsBaseDir), logger };
  }

  /** Gives `work` a staging directory, which is gone afterwards. */
  async inStaging<Result>(work: (staging: Staging) => Promise<Result>): Promise<Result> {
    const staging = await this.storage.area.open();
    try {
      return await work(staging);
    } finally {
      // One with a journal tells how to get back to an agreement of rows and files; it is kept until that is done.
      // One that cannot be read may tell as much.
      const mayMatter = await staging.readJournal().then(
        (journal) => journal !== null,
        () => true,
      );
      if (!mayMatter) await staging.remove();
    }
  }

  live(ref: string): string {
    return this.storage.area.live(ref);
  }

  get downloads(): string {
    return join(this.config.packsBaseDir, DOWNLOADS);
  }

  /** Directories of the server that packs may be read from. */
  get localRoots(): string[] {
    return [...this.config.packs.localSources, this.downloads];
  }

  /** The same, and where packs are run from. */
  get registrable(): string[] {
    return [...this.config.packs.localSources, this.config.packsBaseDir];
  }

  async removeOldDownloads(): Promise<void> {
    for (const name of await readdir(this.downloads).catch(() => [])) {
      const path = join(this.downloads, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > DOWNLOAD_LIFETIME_MS) await rm(path, { recursive: true, force: true });
    }
  }

  /** Files that workers made for a pack which is gone. */
  async removeEnvironments(ref: string): Promise<void> {
    await rm(join(this.config.dataDir, 'runtime_envs', ref), { recursive: true, force: true });
  }
}
