import { type Database, execute } from '../../database/run.js';
import { sql } from '../../database/sql.js';
import { type NewAuditEvent } from '../audit-event.js';
import { AUDIT_COLUMNS, GIVEN_AUDIT_COLUMNS, givenAuditRows } from './audit-columns.js';

/** Stores what happens now. In a transaction: it is told of if and only if it is done. */
export async function insertAuditEvents(db: Database, events: readonly NewAuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await execute(
    db,
    sql`
    with given as materialized (
      select time_id() as new_id, ${GIVEN_AUDIT_COLUMNS}
      from ${givenAuditRows(events)}
    )
    insert into audit_event (id, created, ${AUDIT_COLUMNS})
    select n.new_id, time_id_created(n.new_id), ${GIVEN_AUDIT_COLUMNS}
    from given as n`.prepared(),
  );
}
