import { createHash } from 'node:crypto';
import { type ClientBase } from 'pg';
import { DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { type Sql } from './sql.js';

/** Where a statement runs: a transaction's manager, or the pool (each statement on its own). */
export type Database = EntityManager | DataSource;

/** Runs one statement and gives its rows, also for `update … returning` (TypeORM's own `query` wraps those in a pair). */
export async function run<Row>(db: Database, statement: Sql): Promise<Row[]> {
  const { rows } = await query(db, statement);
  return rows as Row[];
}

/** Runs one statement and gives the number of rows it changed. */
export async function execute(db: Database, statement: Sql): Promise<number> {
  const { affected } = await query(db, statement);
  return affected;
}

interface Outcome {
  readonly rows: readonly unknown[];
  readonly affected: number;
}

async function query(db: Database, statement: Sql): Promise<Outcome> {
  const source = db instanceof DataSource ? db : db.dataSource;
  const transaction = db instanceof DataSource ? undefined : db.queryRunner;
  const runner = transaction ?? source.createQueryRunner();
  try {
    return await queryOn(runner, statement);
  } finally {
    if (!transaction) await runner.release();
  }
}

async function queryOn(runner: QueryRunner, statement: Sql): Promise<Outcome> {
  const { text, values } = statement.compile();
  if (!statement.isPrepared) {
    const { records, affected } = await runner.query(text, values, true);
    return { rows: records as unknown[], affected: affected ?? 0 };
  }
  // TypeORM's `query` has no place for a name; its connection is the driver's own.
  const client = (await runner.connect()) as ClientBase;
  try {
    const { rows, rowCount } = await client.query({ name: nameOf(text), text, values });
    return { rows, affected: rowCount ?? 0 };
  } catch (error) {
    throw new QueryFailedError(text, values, error as Error); // what the driver throws is always an Error
  }
}

const names = new Map<string, string>();

/** A name that belongs to this text alone. The map holds as many entries as the code has prepared statements. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `attune_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
