import { type Database, run, sql } from '@attune/common';

export interface ClaimedTrigger {
  readonly id: number;
  readonly ref: string;
  readonly pack_ref: string | null;
  /** The sensor that produces it; null: none in particular. */
  readonly sensor_ref: string | null;
}

/** The triggers among these refs that exist. */
export const listClaimedTriggers = (db: Database, refs: readonly string[]): Promise<ClaimedTrigger[]> =>
  run<ClaimedTrigger>(
    db,
    sql`
    select t.id, t.ref, t.pack_ref, t.sensor_ref
    from trigger as t
    where t.ref = any(${refs}::text[])`,
  );
