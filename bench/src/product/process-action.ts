import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@attune/contract';
import { type ProductUnderTest } from './product-under-test.js';
import { BENCH_PACK } from './scenario.js';

/** A native action that is a copy of `program`, and the file itself. */
export async function createProcessAction(
  { client, database, packsDir }: ProductUnderTest,
  name: string,
  program: string,
): Promise<{ ref: string; file: string }> {
  const folder = join(packsDir, BENCH_PACK, 'actions');
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await copyFile(program, file); // a link would lead out of the pack, which no action may
  await chmod(file, 0o755);
  const ref = `${BENCH_PACK}.${name}`;
  const body = { ref, pack_ref: BENCH_PACK, label: name, entrypoint: name, runtime_ref: 'core.native' };
  await client.call(operations.createAction, { body });
  // What is made over the API is source text; a file of the pack is what loading a pack makes.
  await database.query('update action set is_adhoc = false where ref = $1', [ref]);
  return { ref, file };
}
