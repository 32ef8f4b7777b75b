import { createHash, randomBytes } from 'node:crypto';
import { copyFile, lstat, mkdir, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DomainError, errorCodeOf } from '@attune/common';
import { z } from 'zod';

/** Below the directory of packs, so that a rename moves files in and out. No pack can be called that. */
const EDITS = '.edits';

const JOURNAL = 'journal.json';

/** What is about to happen to files of a pack; it has happened if the transaction was committed. */
const journal = z.strictObject({
  /** Number of the transaction. */
  transaction: z.string().regex(/^\d+$/),
  files: z.array(z.strictObject({ path: z.string(), existed: z.boolean(), digest: z.string() })),
});
type EditJournal = z.output<typeof journal>;

/** A file of a pack as it shall be. */
export interface FileContent {
  /** Path inside the pack, with `/`; made of names that cannot leave it. */
  readonly path: string;
  readonly text: string;
}

/**
 * An edit of a few files of one pack: the directory in which their new texts are made ready and their old ones wait for the commit.
 * Everything here is done while holding the lock of the pack, so whatever edit of a pack is found by somebody else who holds
 * it was left behind by a process that is gone.
 */
export class FileEdit {
  private constructor(
    private readonly directory: string,
    private readonly packDirectory: string,
  ) {}

  static async open(packsBaseDirectory: string, ref: string): Promise<FileEdit> {
    const directory = join(packsBaseDirectory, EDITS, `${ref}.${randomBytes(6).toString('hex')}`);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new FileEdit(directory, join(packsBaseDirectory, ref));
  }

  /** What is there of all packs, or of one, with the ref of the pack. */
  static async list(packsBaseDirectory: string, ofPack?: string): Promise<{ ref: string; edit: FileEdit }[]> {
    const names = await readdir(join(packsBaseDirectory, EDITS)).catch((error: unknown) => {
      if (errorCodeOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names
      .map((name) => ({ name, ref: name.slice(0, name.lastIndexOf('.')) }))
      .filter(({ ref }) => ofPack === undefined || ref === ofPack)
      .map(({ name, ref }) => ({
        ref,
        edit: new FileEdit(join(packsBaseDirectory, EDITS, name), join(packsBaseDirectory, ref)),
      }));
  }

  /** Makes everything ready and writes down what will happen. Nothing live is touched yet. */
  async prepare(transaction: string, files: readonly FileContent[]): Promise<void> {
    const entries: EditJournal['files'] = [];
    for (const [index, { path, text }] of files.entries()) {
      await this.requireInside(path);
      await writeDurably(this.fresh(index), text);
      entries.push({ path, existed: await this.keepOld(index, path), digest: digestOf(text) });
    }
    await writeDurably(`${this.journal}.new`, JSON.stringify({ transaction, files: entries } satisfies EditJournal));
    await rename(`${this.journal}.new`, this.journal);
    await syncDirectory(this.directory);
  }

  /** Puts the new texts in place, each at once. */
  async apply(files: readonly FileContent[]): Promise<void> {
    for (const [index, { path }] of files.entries()) {
      const live = join(this.packDirectory, path);
      await rename(this.fresh(index), live);
      await syncDirectory(dirname(live));
    }
  }

  /** Null: nothing live was touched. */
  async readTransaction(): Promise<string | null> {
    return (await this.readJournal())?.transaction ?? null;
  }

  /** Puts the old texts back, but for files that somebody else has changed since. Safe to call again. */
  async undo(): Promise<void> {
    const { files } = (await this.readJournal()) ?? { files: [] };
    for (const [index, { path, existed, digest }] of files.entries()) {
      const live = join(this.packDirectory, path);
      const text = await readFile(live, 'utf8').catch(nullWhenMissing);
      if (text === null || digestOf(text) !== digest) continue;
      if (existed) await rename(this.old(index), live).catch(nullWhenMissing);
      else await rm(live, { force: true });
      await syncDirectory(dirname(live));
    }
  }

  /** The journal first: what is half removed must not look like an edit that was half done. */
  async remove(): Promise<void> {
    await rm(this.journal, { force: true });
    await rm(this.directory, { recursive: true, force: true });
  }

  private get journal(): string {
    return join(this.directory, JOURNAL);
  }

  private fresh(index: number): string {
    return join(this.directory, `${index}.new`);
  }

  private old(index: number): string {
    return join(this.directory, `${index}.old`);
  }

  private async readJournal(): Promise<EditJournal | null> {
    const text = await readFile(this.journal, 'utf8').catch(nullWhenMissing);
    return text === null ? null : journal.parse(JSON.parse(text));
  }

  /** False: there was no such file. */
  private async keepOld(index: number, path: string): Promise<boolean> {
    const live = join(this.packDirectory, path);
    const found = await lstat(live).catch(nullWhenMissing);
    if (found === null) return false;
    if (!found.isFile()) throw new DomainError('pack.bad_request', `${path} is no file that could be written`);
    await copyFile(live, this.old(index));
    return true;
  }

  /** Makes the directory of a file, which must not lead out of the pack through a link. @throws DomainError 400 */
  private async requireInside(path: string): Promise<void> {
    const directory = join(this.packDirectory, dirname(path));
    await mkdir(directory, { recursive: true });
    const wanted = join(await realpath(this.packDirectory), dirname(path));
    if ((await realpath(directory)) === wanted) return;
    throw new DomainError('pack.bad_request', `${dirname(path)} is a link, and nothing is written through links`);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename lasts through a loss of power only when its directory was written. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function nullWhenMissing(error: unknown): null {
  if (errorCodeOf(error) === 'ENOENT') return null;
  throw error;
}
