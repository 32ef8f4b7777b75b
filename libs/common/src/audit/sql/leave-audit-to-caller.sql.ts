import { type EntityManager } from 'typeorm';
import { execute } from '../../database/run.js';
import { sql } from '../../database/sql.js';

/**
 * For the rest of this transaction the database does not tell the audit log of executions by itself, except of failures:
 * whoever calls knows more of who is behind it, and tells.
 */
export async function leaveAuditToCaller(db: EntityManager): Promise<void> {
  await execute(db, sql`select set_config('attune.audit_execution_events', 'caller', true)`);
}
