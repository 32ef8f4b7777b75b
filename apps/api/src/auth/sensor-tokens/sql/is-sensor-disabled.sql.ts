import { type Database, run, sql } from '@attune/common';

/** Whether there is such a sensor and it is switched off. */
export async function isSensorDisabled(db: Database, ref: string): Promise<boolean> {
  const rows = await run(
    db,
    sql`
    select s.id
    from sensor as s
    where s.ref = ${ref} and not s.enabled`,
  );
  return rows.length > 0;
}
