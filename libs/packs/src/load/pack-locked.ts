import { type DataSource, type EntityManager } from 'typeorm';
import { lockPack } from './sql/lock-pack.sql.js';

/** Runs a transaction during which nobody else loads this pack. */
export const packLocked = <Result>(
  dataSource: DataSource,
  ref: string,
  work: (db: EntityManager) => Promise<Result>,
): Promise<Result> =>
  dataSource.transaction(async (db) => {
    await lockPack(db, ref);
    return work(db);
  });
