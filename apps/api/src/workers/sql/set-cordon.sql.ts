import { type Database, execute, sql } from '@attune/common';

/** Who cordons, and why; reason null: none was given. */
export interface Cordon {
  readonly by: number;
  readonly reason: string | null;
}

/** Cordons a worker, again if need be: the newest reason counts. Null ends it. Nothing happens where there is no worker. */
export async function setCordon(db: Database, id: number, cordon: Cordon | null): Promise<void> {
  await execute(
    db,
    sql`
    update worker as w
    set
      cordoned = ${cordon !== null}, cordon_reason = ${cordon?.reason ?? null}, cordoned_by = ${cordon?.by ?? null},
      cordoned_at = case when ${cordon !== null} then now() end
    where w.id = ${id}`,
  );
}
