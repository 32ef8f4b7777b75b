import { type Pool } from 'pg';

/** What the server did between two moments. */
export interface DatabaseWork {
  /** Transactions that wrote something: exact, and of the whole server. */
  readonly writeTransactions: number;
  /** All commits of this database; a busy session reports its last second late. */
  readonly commits: number;
  /** Exact, and of the whole server. */
  readonly walBytes: number;
}

/** @returns what tells the work since now */
export async function countDatabaseWork(database: Pool): Promise<() => Promise<DatabaseWork>> {
  const before = await read(database);
  return async () => {
    const after = await read(database);
    return {
      writeTransactions: after.writeTransactions - before.writeTransactions,
      commits: after.commits - before.commits,
      walBytes: after.walBytes - before.walBytes,
    };
  };
}

async function read(database: Pool): Promise<DatabaseWork> {
  const { rows } = await database.query<DatabaseWork>(
    `select pg_snapshot_xmax(pg_current_snapshot())::text::float8 as "writeTransactions",
       d.xact_commit::float8 as commits,
       pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as "walBytes"
     from pg_stat_database as d
     where d.datname = current_database()`,
  );
  const [row] = rows;
  if (!row) throw new Error('the database has no statistics');
  return row;
}
