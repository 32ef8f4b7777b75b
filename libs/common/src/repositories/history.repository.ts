import { isTimeId, type JsonObject, TIME_ID_EPOCH_MS } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { allOf, sql, type Sql } from '../database/sql.js';
import { countAll, countByDay, isFar, placeOfPage, type TimedRows, totalOf } from './count-by-day.js';
import { type CreatedWindow, createdIn, wholeWindow } from './created-range.js';
import { type CountedPage, type PageRequest } from './page.js';

export type HistoryEntityType = 'execution' | 'worker';

export type HistoryOperation = 'INSERT' | 'UPDATE' | 'DELETE';

/** One recorded change. Large JSON stands in it as `{digest, size, type}`. */
export interface HistoryRow {
  readonly time: Date;
  readonly operation: HistoryOperation;
  readonly entity_id: number;
  readonly entity_ref: string | null;
  readonly changed_fields: string[];
  readonly old_values: JsonObject | null;
  readonly new_values: JsonObject | null;
}

/** All conditions hold together. */
export interface HistoryFilter {
  readonly entity_id?: number | undefined;
  /** Ref of an execution's action, name of a worker. */
  readonly entity_ref?: string | undefined;
  readonly operation?: HistoryOperation | undefined;
  readonly changed_field?: string | undefined;
  /** Closed range, RFC 3339. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** A further condition on the rows, whose alias is `e`. */
  readonly visible?: Sql | undefined;
}

const TABLES: Readonly<Record<HistoryEntityType, Sql>> = {
  execution: sql`execution_history as e`,
  worker: sql`worker_history as e`,
};

const TIME = sql`e.time`;

/** Recorded changes, newest first, with their number. A late page is found by counting the days, and read from its own. */
export async function listHistory(
  db: Database,
  entityType: HistoryEntityType,
  filter: HistoryFilter,
  page: PageRequest,
): Promise<CountedPage<HistoryRow>> {
  const rows: TimedRows = { from: TABLES[entityType], time: TIME, conditions: conditionsOf(filter) };
  const window = windowOf(entityType, filter, Date.now());
  if (window.fromMs >= window.toMs) return { rows: [], total: 0 };
  // Counting alone is half the work of counting by day.
  if (!isFar(page)) return { rows: await readPage(db, rows, window, page), total: await countAll(db, rows, window) };
  const days = await countByDay(db, rows, window);
  const place = placeOfPage(days, window, page);
  return {
    rows: place ? await readPage(db, rows, place.window, { limit: page.limit, offset: place.offset }) : [],
    total: totalOf(days),
  };
}

/** Two changes of one execution in the same microsecond are its creation and what followed, whose names sort that way. */
const readPage = (
  db: Database,
  { from, conditions }: TimedRows,
  window: CreatedWindow,
  { limit, offset }: PageRequest,
): Promise<HistoryRow[]> =>
  run<HistoryRow>(
    db,
    sql`
    select e.time, e.operation, e.entity_id, e.entity_ref, e.changed_fields, e.old_values, e.new_values
    from ${from}
    where ${createdIn(TIME, window)} and ${conditions}
    order by e.time desc, e.entity_id desc, e.operation desc
    limit ${limit} offset ${offset}`,
  );

function conditionsOf(filter: HistoryFilter): Sql {
  const conditions: Sql[] = [];
  if (filter.entity_id !== undefined) conditions.push(sql`e.entity_id = ${filter.entity_id}`);
  if (filter.entity_ref !== undefined) conditions.push(sql`e.entity_ref = ${filter.entity_ref}`);
  if (filter.operation !== undefined) conditions.push(sql`e.operation = ${filter.operation}`);
  if (filter.changed_field !== undefined) conditions.push(sql`${filter.changed_field} = any(e.changed_fields)`);
  // To the microsecond, which the window, in milliseconds, is not. Years before ours need no such care.
  if (isOurs(filter.since)) conditions.push(sql`e.time >= ${filter.since}::timestamptz`);
  if (isOurs(filter.until)) conditions.push(sql`e.time <= ${filter.until}::timestamptz`);
  if (filter.visible) conditions.push(filter.visible);
  return allOf(conditions);
}

const isOurs = (instant: string | undefined): instant is string =>
  instant !== undefined && Date.parse(instant) >= TIME_ID_EPOCH_MS;

/** What may be in question at all: nothing is told of an execution before its creation, which its id names. */
function windowOf(entityType: HistoryEntityType, filter: HistoryFilter, nowMs: number): CreatedWindow {
  const { entity_id: id, since, until } = filter;
  const isDated = entityType === 'execution' && id !== undefined && isTimeId(id);
  const whole = wholeWindow(isDated ? id : undefined, nowMs);
  return {
    fromMs: Math.max(whole.fromMs, since === undefined ? -Infinity : Date.parse(since)),
    toMs: Math.min(whole.toMs, until === undefined ? Infinity : Date.parse(until) + 1),
  };
}
