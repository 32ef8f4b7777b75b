import { type Database, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { withStatementTimeout } from '../database/statement-timeout.js';
import { createdAmong, createdIn, type CreatedWindow, newestIds } from './created-range.js';
import { countByDay, isFar, placeOfPage, totalOf } from './count-by-day.js';
import { type PageRequest, type TimeSeriesPage, type TimeSeriesPageRequest } from './page.js';

/** What is listed of a time-series table. Its alias is `e` in every part. */
export interface NewestFirst {
  /** As in sql`event as e`. */
  readonly from: Sql;
  /** Columns of a row of the list; wide ones stay away. */
  readonly columns: Sql;
  readonly conditions: Sql;
  /** Where rows can be at all. */
  readonly window: CreatedWindow;
  /** The conditions are such that no index helps, and all there is may have to be read: it is given up after a while. */
  readonly isSearch?: boolean;
}

const CREATED = sql`e.created`;

/** How long (ms) one statement of a search may take. */
const SEARCH_MS = 15_000;

/**
 * One page, newest first. The ids are looked for first, window by window and only as far back as needed; then the rows of
 * the page are read by their exact range. Where rows are counted anyway, or the page is a late one, the counts of the days
 * tell where it is.
 * @throws DomainError 400 when a search took too long
 */
export function listNewest<Row>(
  db: Database,
  list: NewestFirst,
  page: TimeSeriesPageRequest,
): Promise<TimeSeriesPage<Row>> {
  return list.isSearch === true
    ? withStatementTimeout(db, SEARCH_MS, (limited) => readList<Row>(limited, list, page))
    : readList(db, list, page);
}

async function readList<Row>(
  db: Database,
  list: NewestFirst,
  page: TimeSeriesPageRequest,
): Promise<TimeSeriesPage<Row>> {
  const isCounted = page.includeTotal === true || isFar(page);
  const { ids, hasNext, total } = isCounted ? await countedIds(db, list, page) : await nextIds(db, list, page);
  return { rows: await readRows<Row>(db, list, ids), hasNext, total };
}

interface IdPage extends Omit<TimeSeriesPage<never>, 'rows'> {
  readonly ids: readonly number[];
}

async function nextIds(db: Database, list: NewestFirst, page: PageRequest): Promise<IdPage> {
  const ids = await newestIds(list.window, page, {
    read: (window, part) => readIds(db, list, window, part),
    count: async (window) => totalOf(await countByDay(db, { ...list, time: CREATED }, window)),
  });
  return { ids: ids.slice(0, page.limit), hasNext: ids.length > page.limit, total: null };
}

async function countedIds(db: Database, list: NewestFirst, page: TimeSeriesPageRequest): Promise<IdPage> {
  const days = await countByDay(db, { ...list, time: CREATED }, list.window);
  const place = placeOfPage(days, list.window, page);
  const total = totalOf(days);
  return {
    ids: place ? await readIds(db, list, place.window, { limit: page.limit, offset: place.offset }) : [],
    hasNext: page.offset + page.limit < total,
    total: page.includeTotal === true ? total : null,
  };
}

async function readIds(
  db: Database,
  { from, conditions }: NewestFirst,
  window: CreatedWindow,
  { limit, offset }: PageRequest,
): Promise<number[]> {
  const found = await run<{ id: number }>(
    db,
    sql`
    select e.id
    from ${from}
    where ${createdIn(CREATED, window)} and ${conditions}
    order by e.created desc, e.id desc
    limit ${limit} offset ${offset}`,
  );
  return found.map((row) => row.id);
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
