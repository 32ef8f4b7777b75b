import { type Database } from '../database/run.js';
import { type Sql } from '../database/sql.js';
import { PackEntity } from '../entities/pack.entity.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** The pack with this ref, or null. */
export const findPack = (db: Database, ref: string): Promise<PackEntity | null> =>
  db.getRepository(PackEntity).findOneBy({ ref });

export interface PackFilter {
  /** Which rows there are at all for who asks; the table is `p`. */
  readonly visible?: Sql | undefined;
}

/** Packs by ref. */
export const listPacks = (db: Database, { visible }: PackFilter, page: PageRequest): Promise<CountedPage<PackEntity>> =>
  listCounted(db, { entity: PackEntity, alias: 'p', conditions: [visible], orderBy: 'ref' }, page);
