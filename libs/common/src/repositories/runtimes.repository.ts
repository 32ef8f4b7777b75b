import { In } from 'typeorm';
import { type Database, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { RuntimeEntity } from '../entities/runtime.entity.js';
import { RuntimeVersionEntity } from '../entities/runtime-version.entity.js';
import { given } from './given.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** All conditions hold together. */
export interface RuntimeFilter {
  readonly pack_ref?: string | undefined;
}

/** The runtime with this ref, or null. */
export const findRuntime = (db: Database, ref: string): Promise<RuntimeEntity | null> =>
  db.getRepository(RuntimeEntity).findOneBy({ ref });

/** The runtimes that exist among these ids, in no order. */
export const findRuntimes = (db: Database, ids: readonly number[]): Promise<RuntimeEntity[]> =>
  ids.length === 0 ? Promise.resolve([]) : db.getRepository(RuntimeEntity).findBy({ id: In([...ids]) });

/** All runtimes by ref: what actions may name, and what a worker probes for. */
export const listAllRuntimes = (db: Database): Promise<RuntimeEntity[]> =>
  db.getRepository(RuntimeEntity).find({ order: { ref: 'ASC' } });

/** Runtimes by ref. */
export const listRuntimes = (
  db: Database,
  filter: RuntimeFilter,
  page: PageRequest,
): Promise<CountedPage<RuntimeEntity>> =>
  listCounted(db, { entity: RuntimeEntity, alias: 'r', where: given(filter), orderBy: 'ref' }, page);

/** The versions of these runtimes, in the order in which they were stored. */
export const listRuntimeVersions = (db: Database, runtimes: readonly number[]): Promise<RuntimeVersionEntity[]> =>
  runtimes.length === 0
    ? Promise.resolve([])
    : db.getRepository(RuntimeVersionEntity).find({ where: { runtime: In([...runtimes]) }, order: { id: 'ASC' } });

/** Refs of actions and sensors that are written for a runtime, at most `limit`. */
export async function runtimeUsers(db: Database, runtime: number, limit: number): Promise<string[]> {
  const rows = await run<{ ref: string }>(
    db,
    sql`
    select a.ref from action as a where a.runtime = ${runtime}
    union all
    select s.ref from sensor as s where s.runtime = ${runtime}
    limit ${limit}`,
  );
  return rows.map(({ ref }) => ref);
}
