import { ActionEntity, type CountedPage, type Database, type PageRequest } from '@attune/common';
import { Brackets } from 'typeorm';

export interface ActionSearch {
  readonly words: readonly string[];
  /** Null: all packs. */
  readonly packRefs: readonly string[] | null;
}

/** Actions that hold every word in their ref, label, description or pack, in any case; by ref. */
export async function searchActions(
  db: Database,
  { words, packRefs }: ActionSearch,
  { limit, offset }: PageRequest,
): Promise<CountedPage<ActionEntity>> {
  const query = db.getRepository(ActionEntity).createQueryBuilder('a').orderBy('a.ref').take(limit).skip(offset);
  words.forEach((word, index) => {
    const name = `word${index}`;
    query.andWhere(
      new Brackets((either) => {
        for (const column of ['ref', 'label', 'description', 'pack_ref']) either.orWhere(`a.${column} ilike :${name}`);
      }),
      { [name]: `%${word.replace(/[\\%_]/g, '\\$&')}%` },
    );
  });
  if (packRefs) query.andWhere('a.pack_ref = any(:packRefs)', { packRefs });
  const [rows, total] = await query.getManyAndCount();
  return { rows, total };
}
