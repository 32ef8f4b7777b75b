import { type EntityTarget, type FindOptionsWhere, type ObjectLiteral } from 'typeorm';
import { type Database } from '../database/run.js';
import { allOf, type Sql } from '../database/sql.js';
import { type CountedPage, type PageRequest } from './page.js';

/** What is listed of a table that is no time series. */
export interface CountedList<Entity> {
  readonly entity: EntityTarget<Entity>;
  /** Stands for the table in `conditions`. */
  readonly alias: string;
  /** Exact values. */
  readonly where?: FindOptionsWhere<Entity>;
  /** Further conditions, such as which rows the caller may see; a missing one holds always. */
  readonly conditions?: readonly (Sql | undefined)[];
  /** A column without two equal values, or pages overlap. */
  readonly orderBy: keyof Entity & string;
}

/** One page in ascending order. The number of all rows comes with the rows; only a page beyond the last one is counted apart. */
export async function listCounted<Entity extends ObjectLiteral>(
  db: Database,
  { entity, alias, where = {}, conditions = [], orderBy }: CountedList<Entity>,
  { limit, offset }: PageRequest,
): Promise<CountedPage<Entity>> {
  const { text, values } = allOf(conditions.filter((one) => one !== undefined)).compile((number) => `:value${number}`);
  const query = db
    .getRepository(entity)
    .createQueryBuilder(alias)
    .where(where)
    .andWhere(text, Object.fromEntries(values.map((value, index) => [`value${index + 1}`, value])));
  const { entities, raw } = await query
    .clone()
    .addSelect('count(*) over ()', 'total')
    .orderBy(`${alias}.${orderBy}`)
    .limit(limit)
    .offset(offset)
    .getRawAndEntities<{ total: number }>();
  const [first] = raw;
  return { rows: entities, total: first?.total ?? (offset === 0 ? 0 : await query.getCount()) };
}
