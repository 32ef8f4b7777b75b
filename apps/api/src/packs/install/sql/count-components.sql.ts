import { type Database, run, sql } from '@attune/common';
import { type ComponentCounts } from '@attune/contract';

/** How many components of each type a pack has. */
export async function countComponents(db: Database, packId: number): Promise<ComponentCounts> {
  const [counts] = await run<ComponentCounts>(
    db,
    sql`
    select
      (select count(*) from action as a where a.pack = ${packId}) as actions,
      (select count(*) from sensor as s where s.pack = ${packId}) as sensors,
      (select count(*) from trigger as t where t.pack = ${packId}) as triggers,
      (select count(*) from rule as r where r.pack = ${packId}) as rules,
      (select count(*) from workflow_definition as w where w.pack = ${packId}) as workflows,
      (select count(*) from policy as p where p.pack = ${packId}) as policies`,
  );
  if (!counts) throw new Error('counting gave no row');
  return counts;
}
