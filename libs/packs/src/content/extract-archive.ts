import { type Readable, Transform } from 'node:stream';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DomainError, errorCodeOf, messageOf } from '@attune/common';
import { extract, type Header } from 'tar-stream';
import { ContentGuard } from './content-guard.js';
import { contentProblem, type ContentLimits, type EntryType } from './content-limits.js';
import { shownName } from './entry-path.js';
import { writeEntry } from './write-entry.js';

/** What headers, padding and long names of one entry may take beside its content (bytes). */
const OVERHEAD_PER_ENTRY = 4 * 1024;

const KINDS: Readonly<Partial<Record<Header['type'], EntryType>>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
};

/** A header of a kind the library does not know has no type. */
type RawHeader = Omit<Header, 'type'> & { readonly type: Header['type'] | null };

export interface ArchiveOptions {
  readonly limits: ContentLimits;
  /** A tar that is not compressed. @default true */
  readonly isCompressed?: boolean;
}

/**
 * Unpacks a tar (gzip) archive into an empty directory while it comes. Only files and directories are taken: links,
 * devices, paths that lead elsewhere, names that stand twice and whatever exceeds the limits refuse the whole archive,
 * which may then be half there: the directory is the caller's to remove.
 *
 * @throws DomainError when the archive is refused or damaged
 */
export async function extractArchive(
  source: Readable,
  directory: string,
  { limits, isCompressed = true }: ArchiveOptions,
): Promise<void> {
  const guard = new ContentGuard(limits);
  const unpacked = extract();
  let entryFailure: unknown = null;
  // A tar may end without its closing blocks, and then with its last entry still being written.
  let lastEntry: Promise<void> = Promise.resolve();
  unpacked.on('entry', (header, content, next) => {
    content.on('error', () => undefined); // told by the archive itself
    const bytes = content as AsyncIterable<Uint8Array>; // the library does not say what it streams
    // After a failure the rest is read and dropped, which the limit keeps short.
    const write = entryFailure === null ? writeTarEntry(directory, guard, header, bytes) : Promise.resolve();
    lastEntry = write.catch((error: unknown) => void (entryFailure ??= error));
    void lastEntry.then(() => {
      content.resume();
      next();
    });
  });
  const limit = unpackedLimit(limits);
  const reading = isCompressed ? pipeline(source, createGunzip(), limit, unpacked) : pipeline(source, limit, unpacked);
  const readFailure = await reading.then(
    () => null,
    (error: unknown) => error,
  );
  await lastEntry;
  // An entry also fails because the archive does, and then says less about it.
  const failure = readFailure === null || isTelling(entryFailure) ? entryFailure : readFailure;
  if (failure !== null) throw refusal(failure);
}

const isTelling = (error: unknown): boolean => error instanceof DomainError || isSystemError(error);

/** Errors of the disk, as against those of streams and of zlib. */
const isSystemError = (error: unknown): boolean => /^E(?!RR_)[A-Z0-9]+$/.test(errorCodeOf(error) ?? '');

async function writeTarEntry(
  directory: string,
  guard: ContentGuard,
  header: RawHeader,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const type = header.type === null ? undefined : KINDS[header.type];
  if (type === undefined) throw notAFile(header);
  const path = guard.admit(header.name, type, header.size);
  if (path === null) return;
  if (type === 'directory') await mkdir(join(directory, path), { recursive: true });
  else await writeEntry(directory, guard, { path, mode: header.mode, content });
}

/** A few kilobytes may unpack to terabytes: what comes out is counted before anything else sees it. */
function unpackedLimit({ maxTotalBytes, maxEntries }: ContentLimits): Transform {
  const most = maxTotalBytes + maxEntries * OVERHEAD_PER_ENTRY;
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.length;
      if (seen > most) done(contentProblem(`it unpacks to more than ${maxTotalBytes} bytes`));
      else done(null, chunk);
    },
  });
}

function notAFile({ name, type }: RawHeader): DomainError {
  const what = type === 'link' || type === 'symlink' ? 'a link' : 'neither a file nor a directory';
  return contentProblem(`'${shownName(name)}' is ${what}`);
}

/** Errors of the disk are ours; everything else is the archive's. */
function refusal(error: unknown): unknown {
  if (isTelling(error)) return error;
  return contentProblem(`the archive cannot be read (${messageOf(error)}): a tar.gz is expected`, error);
}
