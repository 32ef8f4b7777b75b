import { LOGGER, type Logger, SecretBox } from '@attune/common';
import { type LoadedPack, loadPackDirectory, problemText } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { sealStoredSecrets } from '../../bootstrap/seal-stored-secrets.js';

type LoadOptions = Parameters<typeof loadPackDirectory>[2];

/** Writes the rows of a pack from its files. */
@Injectable()
export class PackLoader {
  constructor(
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Secrets that stand in the files are never committed in plain text. */
  async load(db: EntityManager, directory: string, options: LoadOptions): Promise<LoadedPack> {
    const loaded = await loadPackDirectory(db, directory, options);
    await sealStoredSecrets(db, this.box);
    return loaded;
  }

  /** Says what was loaded, and what was odd about it. */
  report({ ref, version, created, warnings }: LoadedPack): void {
    this.logger.info({ packRef: ref, version }, created ? 'pack installed' : 'pack updated');
    for (const warning of warnings) {
      this.logger.warn({ packRef: ref, problem: problemText(warning) }, 'pack has a flaw');
    }
  }
}
