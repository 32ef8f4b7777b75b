import { DomainError } from '@attune/common';

/** How much a pack that comes from outside may hold. */
export interface ContentLimits {
  /** Bytes of all files together. */
  readonly maxTotalBytes: number;
  /** Bytes of one file. */
  readonly maxEntryBytes: number;
  /** Files and directories. */
  readonly maxEntries: number;
}

/** What may stand in a pack; everything else an archive or a directory can hold is refused. */
export type EntryType = 'file' | 'directory';

/** A pack whose content is refused. The message names the entry. */
export const contentProblem = (message: string, cause?: unknown): DomainError =>
  new DomainError('pack.bad_request', `The pack is refused: ${message}`, {}, { cause });
