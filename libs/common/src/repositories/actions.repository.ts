import { type Database } from '../database/run.js';
import { ActionEntity } from '../entities/action.entity.js';
import { given } from './given.js';
import { type CountedPage, type PageRequest, toCountedPage } from './page.js';

/** All conditions hold together. */
export interface ActionFilter {
  readonly pack_ref?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** The action with this ref, or null. */
export const findAction = (db: Database, ref: string): Promise<ActionEntity | null> =>
  db.getRepository(ActionEntity).findOneBy({ ref });

/** Actions by ref. */
export async function listActions(
  db: Database,
  filter: ActionFilter,
  { limit, offset }: PageRequest,
): Promise<CountedPage<ActionEntity>> {
  return toCountedPage(
    await db
      .getRepository(ActionEntity)
      .findAndCount({ where: given(filter), order: { ref: 'ASC' }, take: limit, skip: offset }),
  );
}
