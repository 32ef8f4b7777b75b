import { contentProblem, type ContentLimits, type EntryType } from './content-limits.js';
import { entryPath, shownName } from './entry-path.js';

interface KnownEntry {
  readonly path: string;
  readonly type: EntryType;
  /** Named by itself, not only as the beginning of another path. */
  readonly isNamed: boolean;
}

/**
 * Watches over what is put into the directory of a pack, entry by entry: names, kinds, counts and sizes. Everything it
 * lets through can be written below one directory on any file system without meeting anything else.
 */
export class ContentGuard {
  /** By the path as a file system sees it that takes capitals and accents for the same. */
  private readonly known = new Map<string, KnownEntry>();
  private entries = 0;
  private totalBytes = 0;

  constructor(private readonly limits: ContentLimits) {}

  /**
   * Lets an entry in and gives its path; null: the directory itself, nothing to make.
   *
   * @param sizeBytes what the entry says about itself; `countBytes` watches what really comes
   * @throws DomainError when the entry is refused
   */
  admit(name: string, type: EntryType, sizeBytes: number): string | null {
    this.entries += 1;
    if (this.entries > this.limits.maxEntries) {
      throw contentProblem(`it has more than ${this.limits.maxEntries} files and directories`);
    }
    const path = entryPath(name);
    if (path === null) {
      if (type === 'directory') return null;
      throw contentProblem(`the file '${shownName(name)}' has no name`);
    }
    if (sizeBytes > this.limits.maxEntryBytes) throw this.tooLarge(path);
    const segments = path.split('/');
    for (let depth = 1; depth < segments.length; depth += 1) this.note(segments.slice(0, depth).join('/'), 'directory');
    this.note(path, type, true);
    return path;
  }

  /** Counts bytes of a file as they come. @throws DomainError beyond a limit */
  countBytes(path: string, entryBytes: number, addedBytes: number): void {
    this.totalBytes += addedBytes;
    if (entryBytes > this.limits.maxEntryBytes) throw this.tooLarge(path);
    if (this.totalBytes > this.limits.maxTotalBytes) {
      throw contentProblem(`its files are larger than ${this.limits.maxTotalBytes} bytes together`);
    }
  }

  private note(path: string, type: EntryType, isNamed = false): void {
    const key = path.normalize('NFC').toLowerCase();
    const earlier = this.known.get(key);
    if (earlier && earlier.path !== path) {
      throw contentProblem(`'${shownName(earlier.path)}' and '${shownName(path)}' differ in capitals or accents only`);
    }
    if (earlier && (earlier.type !== type || type === 'file' || (isNamed && earlier.isNamed))) {
      throw contentProblem(`'${shownName(path)}' is there twice`);
    }
    this.known.set(key, { path, type, isNamed: isNamed || earlier?.isNamed === true });
  }

  private tooLarge(path: string): Error {
    return contentProblem(`the file '${shownName(path)}' is larger than ${this.limits.maxEntryBytes} bytes`);
  }
}
