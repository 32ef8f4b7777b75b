import { type Database } from '../database/run.js';
import { type Sql } from '../database/sql.js';
import { RuleEntity } from '../entities/rule.entity.js';
import { given } from './given.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** All conditions hold together. */
export interface RuleFilter {
  readonly pack_ref?: string | undefined;
  readonly action_ref?: string | undefined;
  readonly trigger_ref?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Which rows there are at all for who asks; the table is `r`. */
  readonly visible?: Sql | undefined;
}

/** The rule with this ref, or null. */
export const findRule = (db: Database, ref: string): Promise<RuleEntity | null> =>
  db.getRepository(RuleEntity).findOneBy({ ref });

/** Rules by ref. */
export const listRules = (
  db: Database,
  { visible, ...filter }: RuleFilter,
  page: PageRequest,
): Promise<CountedPage<RuleEntity>> =>
  listCounted(
    db,
    { entity: RuleEntity, alias: 'r', where: given(filter), conditions: [visible], orderBy: 'ref' },
    page,
  );
