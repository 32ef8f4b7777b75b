import { DataSource, type EntityManager, type QueryResult } from 'typeorm';
import { type Sql } from './sql.js';

/** Where a statement runs: a transaction's manager, or the pool (each statement on its own). */
export type Database = EntityManager | DataSource;

/** Runs one statement and gives its rows, also for `update … returning` (TypeORM's own `query` wraps those in a pair). */
export async function run<Row>(db: Database, statement: Sql): Promise<Row[]> {
  const { records } = await query(db, statement);
  return records as Row[];
}

/** Runs one statement and gives the number of rows it changed. */
export async function execute(db: Database, statement: Sql): Promise<number> {
  const { affected } = await query(db, statement);
  return affected ?? 0;
}

async function query(db: Database, statement: Sql): Promise<QueryResult> {
  const { text, values } = statement.compile();
  const source = db instanceof DataSource ? db : db.dataSource;
  const transaction = db instanceof DataSource ? undefined : db.queryRunner;
  const runner = transaction ?? source.createQueryRunner();
  try {
    return await runner.query(text, values, true);
  } finally {
    if (!transaction) await runner.release();
  }
}
