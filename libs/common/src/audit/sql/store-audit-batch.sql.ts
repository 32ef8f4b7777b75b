import { type Database, run } from '../../database/run.js';
import { sql } from '../../database/sql.js';
import { type NewAuditEvent } from '../audit-event.js';
import { AUDIT_COLUMNS, GIVEN_AUDIT_COLUMNS, givenAuditRows } from './audit-columns.js';

/** An event whose id was reserved. */
export type ReservedAuditEvent = NewAuditEvent & { readonly id: number };

/** Stores all whose ids are free, in one statement; gives those ids. Safe to call again: what is stored is left as it is. */
export async function storeAuditBatch(
  db: Database,
  batch: readonly ReservedAuditEvent[],
): Promise<ReadonlySet<number>> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    insert into audit_event (id, created, ${AUDIT_COLUMNS})
    select n.id, time_id_created(n.id), ${GIVEN_AUDIT_COLUMNS}
    from ${givenAuditRows(batch)}
    on conflict (created, id) do nothing
    returning id`.prepared(),
  );
  return new Set(rows.map((row) => row.id));
}
