import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '../errors/domain-error.js';
import { type Database, run } from './run.js';
import { sql } from './sql.js';
import { SQLSTATE, sqlStateOf } from './sqlstate.js';

/**
 * Reads in a transaction none of whose statements may take longer than `limitMs`.
 * @throws DomainError 400 when one did
 */
export async function withStatementTimeout<T>(
  db: Database,
  limitMs: number,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const limited = async (transaction: EntityManager): Promise<T> => {
    await run(transaction, sql`select set_config('statement_timeout', ${String(limitMs)}, true)`);
    return work(transaction);
  };
  try {
    return await (db instanceof DataSource ? db.transaction(limited) : limited(db));
  } catch (error) {
    if (sqlStateOf(error) !== SQLSTATE.queryCanceled) throw error;
    throw new DomainError(
      'request.bad_request',
      `This reads too much: it was given up after ${limitMs / 1_000} seconds. Narrow it down with other filters`,
      {},
      { cause: error },
    );
  }
}
