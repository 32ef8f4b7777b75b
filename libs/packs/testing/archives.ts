import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export type Entry = Partial<Header> & Pick<Header, 'name'> & { readonly content?: string | Uint8Array };

/** A tar with exactly these entries, also ones no ordinary program would write. */
export function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry(header, content);
  archive.finalize();
  return buffer(archive);
}

export const archiveOf = async (entries: readonly Entry[]): Promise<Buffer<ArrayBuffer>> =>
  gzipSync(await tarOf(entries));

/** An archive of files. */
export const archiveOfFiles = (files: Readonly<Record<string, string>>): Promise<Buffer<ArrayBuffer>> =>
  archiveOf(Object.entries(files).map(([name, content]) => ({ name, content })));
