import { run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { type DataSource } from 'typeorm';

/** A time-ordered id `hoursAgo` hours before now. */
const idAt = (hoursAgo: number, sequence: number) =>
  sql`((extract(epoch from now() - ${hoursAgo}::float8 * interval '1 hour') - 1735689600) * 1000)::bigint * 4096 + ${sequence}::int`;

let sequence = 0;

/** Stores an event that came in the past; gives its id. */
export async function eventAt(dataSource: DataSource, hoursAgo: number, triggerRef = 'demo.trigger'): Promise<number> {
  sequence = (sequence + 1) % 4096;
  const [row] = await run<{ id: number }>(
    dataSource,
    sql`
    with new_row as materialized (select ${idAt(hoursAgo, sequence)} as id)
    insert into event (id, created, trigger_ref)
    select n.id, time_id_created(n.id), ${triggerRef} from new_row as n
    returning id`,
  );
  return row?.id ?? 0;
}

/** Stores an execution that was created in the past; gives its id. */
export async function executionAt(
  dataSource: DataSource,
  hoursAgo: number,
  actionRef = 'demo.action',
): Promise<number> {
  sequence = (sequence + 1) % 4096;
  const [row] = await run<{ id: number }>(
    dataSource,
    sql`
    with new_row as materialized (select ${idAt(hoursAgo, sequence)} as id)
    insert into execution (id, created, action_ref)
    select n.id, time_id_created(n.id), ${actionRef} from new_row as n
    returning id`,
  );
  return row?.id ?? 0;
}
