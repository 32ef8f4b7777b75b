import { type Database } from '../database/run.js';
import { type Sql } from '../database/sql.js';
import { ActionEntity } from '../entities/action.entity.js';
import { given } from './given.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** All conditions hold together. */
export interface ActionFilter {
  readonly pack_ref?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Which rows there are at all for who asks; the table is `a`. */
  readonly visible?: Sql | undefined;
}

/** The action with this ref, or null. */
export const findAction = (db: Database, ref: string): Promise<ActionEntity | null> =>
  db.getRepository(ActionEntity).findOneBy({ ref });

/** Actions by ref. */
export const listActions = (
  db: Database,
  { visible, ...filter }: ActionFilter,
  page: PageRequest,
): Promise<CountedPage<ActionEntity>> =>
  listCounted(
    db,
    { entity: ActionEntity, alias: 'a', where: given(filter), conditions: [visible], orderBy: 'ref' },
    page,
  );
