import { run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** Number of the transaction under way, which every process can ask about later. */
export async function currentTransaction(db: EntityManager): Promise<string> {
  const [row] = await run<{ transaction: string }>(db, sql`select pg_current_xact_id()::text as transaction`);
  if (!row) throw new Error('the database did not number its transaction');
  return row.transaction;
}

export type TransactionState = 'in progress' | 'committed' | 'aborted' | 'forgotten';

/**
 * How a transaction ended. `forgotten`: so long ago that nobody knows any more. One with a number that has not been given yet
 * was lost in a crash of the server, or the database is a backup from before it: nothing of it is there.
 */
export async function transactionState(db: EntityManager, transaction: string): Promise<TransactionState> {
  const [row] = await run<{ state: TransactionState | null }>(
    db,
    sql`
    select
      case
        when ${transaction}::text::xid8 < pg_snapshot_xmax(pg_current_snapshot())
        then pg_xact_status(${transaction}::text::xid8)
        else 'aborted'
      end as state`,
  );
  return row?.state ?? 'forgotten';
}
