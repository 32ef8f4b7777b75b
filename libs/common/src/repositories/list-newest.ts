import { type Database, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { createdAmong, createdIn, type CreatedWindow, newestIds } from './created-range.js';
import { type TimeSeriesPage, type TimeSeriesPageRequest } from './page.js';

/** What is listed of a time-series table. Its alias is `e` in every part. */
export interface NewestFirst {
  /** As in sql`event as e`. */
  readonly from: Sql;
  /** Columns of a row of the list; wide ones stay away. */
  readonly columns: Sql;
  readonly conditions: Sql;
  /** Where rows can be at all. */
  readonly window: CreatedWindow;
}

/**
 * One page, newest first. The ids are looked for first, window by window and only as far back as needed; then the rows of
 * the page are read by their exact range.
 */
export async function listNewest<Row>(
  db: Database,
  { from, columns, conditions, window: whole }: NewestFirst,
  page: TimeSeriesPageRequest,
): Promise<TimeSeriesPage<Row>> {
  const within = (window: CreatedWindow): Sql =>
    sql`${from} where ${createdIn(sql`e.created`, window)} and ${conditions}`;
  const ids = await newestIds(whole, page, {
    read: async (window, { limit, offset }) => {
      const found = await run<{ id: number }>(
        db,
        sql`
        select e.id
        from ${within(window)}
        order by e.created desc, e.id desc
        limit ${limit} offset ${offset}`,
      );
      return found.map((row) => row.id);
    },
    count: (window) => countRows(db, within(window)),
  });
  return {
    rows: await readRows<Row>(db, { from, columns }, ids.slice(0, page.limit)),
    hasNext: ids.length > page.limit,
    total: page.includeTotal === true ? await countRows(db, within(whole)) : null,
  };
}

async function readRows<Row>(
  db: Database,
  { from, columns }: Pick<NewestFirst, 'from' | 'columns'>,
  ids: readonly number[],
): Promise<Row[]> {
  if (ids.length === 0) return [];
  return run<Row>(
    db,
    sql`
    select ${columns}
    from ${from}
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
    order by e.created desc, e.id desc`,
  );
}

async function countRows(db: Database, fromAndWhere: Sql): Promise<number> {
  const [row] = await run<{ total: number }>(db, sql`select count(*) as total from ${fromAndWhere}`);
  return row?.total ?? 0;
}
