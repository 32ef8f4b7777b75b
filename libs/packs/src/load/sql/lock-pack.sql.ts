import { execute, run, sql } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** First half of the two-part advisory lock of a pack; the second is the hash of its ref. */
const PACK_LOCK = 7_821_010;

export interface StoredPack {
  readonly id: number;
  readonly config: JsonObject;
  readonly meta: JsonObject;
}

/**
 * Keeps every other load of the same pack waiting until the transaction ends. A lock on the row would not do: before the
 * first load there is none.
 */
export async function lockPack(db: EntityManager, ref: string): Promise<void> {
  await execute(db, sql`select pg_advisory_xact_lock(${PACK_LOCK}::int, hashtext(${ref}))`);
}

/** What is stored about a pack that the load has to keep; null when it is new. */
export async function findStoredPack(db: EntityManager, ref: string): Promise<StoredPack | null> {
  const [pack] = await run<StoredPack>(db, sql`select p.id, p.config, p.meta from pack as p where p.ref = ${ref}`);
  return pack ?? null;
}
