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
  const read = isCompressed
    ? pipeline(source, createGunzip(), unpackedLimit(limits), unpacked)
    : pipeline(source, unpackedLimit(limits), unpacked);
  const outcome = read.then(
    () => null,
    (error: unknown) => error,
  );
  try {
    for await (const entry of unpacked) {
      const header: RawHeader = entry.header;
      const type = header.type === null ? undefined : KINDS[header.type];
      if (type === undefined) throw notAFile(header);
      const path = guard.admit(header.name, type, header.size);
      if (path === null || type === 'directory') {
        if (path !== null) await mkdir(join(directory, path), { recursive: true });
        entry.resume();
        continue;
      }
      await writeEntry(directory, guard, { path, mode: header.mode, content: entry as AsyncIterable<Uint8Array> });
    }
  } catch (error) {
    unpacked.destroy();
    source.destroy();
    // What went wrong first is known to whoever reads the archive, not to its consumer, which merely sees it end.
    const first = await outcome;
    throw refusal(error instanceof DomainError || !(first instanceof DomainError) ? error : first);
  }
  const failure = await outcome;
  if (failure !== null) throw refusal(failure);
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
  if (error instanceof DomainError) return error;
  const code = errorCodeOf(error) ?? '';
  if (/^E[A-Z]+$/.test(code) && !code.startsWith('ERR_')) return error;
  return contentProblem(`the archive cannot be read (${messageOf(error)}): a tar.gz is expected`, error);
}
