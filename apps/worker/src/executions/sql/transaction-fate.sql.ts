import { type Database, run, sql } from '@attune/common';

/** The id of the transaction `db` is in. */
export async function currentTransaction(db: Database): Promise<string> {
  const [row] = await run<{ id: string }>(db, sql`select pg_current_xact_id()::text as id`);
  if (!row) throw new Error('a transaction has an id');
  return row.id;
}

/** What became of a transaction, for one whose connection was lost at the commit; null: nothing is known of it. */
export async function transactionFate(
  db: Database,
  id: string,
): Promise<'committed' | 'aborted' | 'in progress' | null> {
  const [row] = await run<{ fate: 'committed' | 'aborted' | 'in progress' | null }>(
    db,
    sql`select pg_xact_status(${id}::xid8) as fate`,
  );
  return row?.fate ?? null;
}
