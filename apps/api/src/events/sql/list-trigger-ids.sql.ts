import { type Database, run, sql } from '@attune/common';

/** Ids of the triggers that exist among these refs. */
export async function listTriggerIds(db: Database, refs: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await run<{ id: number; ref: string }>(
    db,
    sql`select t.id, t.ref from trigger as t where t.ref = any(${refs}::text[])`.prepared(),
  );
  return new Map(rows.map(({ id, ref }) => [ref, id]));
}
