import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ContentGuard } from './content-guard.js';

const PLAIN = 0o644;
const EXECUTABLE = 0o755;

export interface FileEntry {
  /** As the guard gave it. */
  readonly path: string;
  readonly mode: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Writes one file below a directory. Of its mode only the right to execute is kept: no set-user-id, nothing writable by others. */
export async function writeEntry(
  directory: string,
  guard: ContentGuard,
  { path, mode, content }: FileEntry,
): Promise<void> {
  const target = join(directory, path);
  await mkdir(dirname(target), { recursive: true });
  const file = createWriteStream(target, { flags: 'wx', mode: (mode & 0o111) === 0 ? PLAIN : EXECUTABLE });
  let written = 0;
  await pipeline(async function* () {
    for await (const chunk of content) {
      written += chunk.length;
      guard.countBytes(path, written, chunk.length);
      yield chunk;
    }
  }, file);
}
