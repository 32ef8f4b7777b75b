import { type DeepPartial, type FindOptionsWhere } from 'typeorm';
import { type QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { type Database } from '../database/run.js';

/**
 * Plain inserts and updates of the tables with an `id` of their own, typed by the entity. TypeORM's deep partial types
 * do not end on columns that hold JSON; a row has no depth, so `Partial` says it better.
 */

interface Row {
  readonly id: number;
}

/** Stores one row and gives it back with its id and the defaults of the database. */
export function insertRow<Entity extends Row>(
  db: Database,
  entity: new () => Entity,
  values: Partial<Omit<Entity, 'id' | 'created' | 'updated'>>,
): Promise<Entity> {
  return db.getRepository(entity).save(values as DeepPartial<Entity> & Entity);
}

/** Changes the given columns (null clears, undefined keeps) and gives the row as it is now; null when there is none. */
export async function updateRow<Entity extends Row>(
  db: Database,
  entity: new () => Entity,
  id: number,
  changes: Partial<Omit<Entity, 'id' | 'created' | 'updated'>>,
): Promise<Entity | null> {
  const rows = db.getRepository(entity);
  if (Object.values(changes).some((value) => value !== undefined)) {
    await rows.update(id, changes as QueryDeepPartialEntity<Entity>);
  }
  return rows.findOneBy({ id } as FindOptionsWhere<Entity>);
}

/** Deletes one row. False: there was none. */
export async function deleteRow(db: Database, entity: new () => Row, id: number): Promise<boolean> {
  const { affected } = await db.getRepository(entity).delete(id);
  return (affected ?? 0) > 0;
}
