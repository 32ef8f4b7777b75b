import { type Database } from '../database/run.js';
import { PackEntity } from '../entities/pack.entity.js';
import { type CountedPage, type PageRequest, toCountedPage } from './page.js';

/** The pack with this ref, or null. */
export const findPack = (db: Database, ref: string): Promise<PackEntity | null> =>
  db.getRepository(PackEntity).findOneBy({ ref });

/** Packs by ref. */
export async function listPacks(db: Database, { limit, offset }: PageRequest): Promise<CountedPage<PackEntity>> {
  return toCountedPage(
    await db.getRepository(PackEntity).findAndCount({ order: { ref: 'ASC' }, take: limit, skip: offset }),
  );
}
