import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf } from '@attune/common';
import { isRef } from '@attune/engine';
import { z } from 'zod';
import { markText, ownMark, readMark, stateOf } from './process-mark.js';

/** Below the directory of packs, so that a rename moves whole packs in and out. No pack can be called that. */
const STAGING = '.staging';

/** After this time (ms) work of another machine counts as abandoned: nothing takes nearly as long. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

const JOURNAL = 'journal.json';

/** What is about to happen to the live directory of a pack; it has happened if the transaction was committed. */
const journal = z.strictObject({
  ref: z.string().refine((ref) => isRef('pack', ref)),
  /** Number of the transaction, as `pg_current_xact_id()` says it. */
  transaction: z.string().regex(/^\d+$/),
});
export type StagingJournal = z.output<typeof journal>;

/** One directory in which a pack is made ready, and in which the one it replaces waits for the commit. */
export class Staging {
  constructor(readonly directory: string) {}

  /** Where the new pack is made ready: in a directory that is called like its ref. */
  get incoming(): string {
    return join(this.directory, 'incoming');
  }

  /** What was live before. */
  get replaced(): string {
    return join(this.directory, 'replaced');
  }

  /** What was live and should not have been. */
  get rejected(): string {
    return join(this.directory, 'rejected');
  }

  /** Where things are unpacked and fetched into. */
  async makeDirectory(name: string): Promise<string> {
    const directory = join(this.directory, name);
    await mkdir(directory, { recursive: true });
    return directory;
  }

  /** There completely or not at all, also after the machine lost its power. */
  async writeJournal(content: StagingJournal): Promise<void> {
    const path = join(this.directory, JOURNAL);
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  }

  /** null: nothing live was touched. */
  async readJournal(): Promise<StagingJournal | null> {
    const text = await readFile(join(this.directory, JOURNAL), 'utf8').catch((error: unknown) => {
      if (errorCodeOf(error) === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : journal.parse(JSON.parse(text));
  }

  /** Removes everything, the journal first: what is half removed must not look like a move that was half done. */
  async remove(): Promise<void> {
    await rm(join(this.directory, JOURNAL), { force: true });
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Whether the process it belongs to is gone, as far as can be told. */
  async isAbandoned(): Promise<boolean> {
    const mark = readMark(this.directory.slice(this.directory.lastIndexOf('/') + 1));
    const state = mark ? stateOf(mark) : 'unknown';
    if (state !== 'unknown') return state === 'ended';
    const changed = await stat(this.directory).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    return Date.now() - changed > ABANDONED_AFTER_MS;
  }
}

/** The places where packs are made ready, all below the directory of packs. */
export class StagingArea {
  constructor(readonly packsBaseDirectory: string) {}

  async open(): Promise<Staging> {
    const name = `${markText(ownMark())}.${randomBytes(6).toString('hex')}`;
    const directory = join(this.packsBaseDirectory, STAGING, name);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new Staging(directory);
  }

  async list(): Promise<Staging[]> {
    const root = join(this.packsBaseDirectory, STAGING);
    const names = await readdir(root).catch((error: unknown) => {
      if (errorCodeOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names.sort().map((name) => new Staging(join(root, name)));
  }

  /** Where a pack is run from. */
  live(ref: string): string {
    if (!isRef('pack', ref)) throw new Error(`'${ref}' is no pack ref`);
    return join(this.packsBaseDirectory, ref);
  }
}
