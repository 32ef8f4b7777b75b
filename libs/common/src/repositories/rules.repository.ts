import { type Database } from '../database/run.js';
import { RuleEntity } from '../entities/rule.entity.js';
import { given } from './given.js';
import { type CountedPage, type PageRequest, toCountedPage } from './page.js';

/** All conditions hold together. */
export interface RuleFilter {
  readonly pack_ref?: string | undefined;
  readonly action_ref?: string | undefined;
  readonly trigger_ref?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** The rule with this ref, or null. */
export const findRule = (db: Database, ref: string): Promise<RuleEntity | null> =>
  db.getRepository(RuleEntity).findOneBy({ ref });

/** Rules by ref. */
export async function listRules(
  db: Database,
  filter: RuleFilter,
  { limit, offset }: PageRequest,
): Promise<CountedPage<RuleEntity>> {
  return toCountedPage(
    await db
      .getRepository(RuleEntity)
      .findAndCount({ where: given(filter), order: { ref: 'ASC' }, take: limit, skip: offset }),
  );
}
