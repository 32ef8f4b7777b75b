import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

export type Files = Readonly<Record<string, string>>;

/** Files of a small pack with an action, a trigger and a rule. */
export const packFiles = (ref: string, version = '1.0.0', more: Files = {}): Files => ({
  'pack.yaml': `ref: ${ref}\nversion: ${version}\nlabel: Pack ${ref}\n`,
  'actions/greet.yaml': 'ref: ' + ref + '.greet\nentry_point: greet.sh\n',
  'actions/greet.sh': 'echo hello\n',
  'triggers/called.yaml': `ref: ${ref}.called\n`,
  'rules/on.yaml': `ref: ${ref}.on\ntrigger_ref: called\naction_ref: greet\n`,
  ...more,
});

/** A tar.gz of files. */
export async function archiveOf(files: Files): Promise<Buffer<ArrayBuffer>> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return gzipSync(await buffer(archive));
}

/** The form of an upload. */
export function uploadForm(archive: Uint8Array<ArrayBuffer>, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('pack', new Blob([archive]), 'pack.tar.gz');
  return form;
}
