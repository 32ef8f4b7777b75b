import { type Database } from '../database/run.js';
import { allOf, sql, type Sql } from '../database/sql.js';
import { type ExecutionStatus } from '../entities/enums.js';
import { type ExecutionEntity } from '../entities/execution.entity.js';
import { wholeWindow } from './created-range.js';
import { listNewest } from './list-newest.js';
import { type TimeSeriesPage, type TimeSeriesPageRequest } from './page.js';
import { containsText, isGlob, matchesRef } from './text-match.js';

/** An execution in a list: without parameters and result. */
export type ExecutionSummaryRow = Pick<
  ExecutionEntity,
  | 'id'
  | 'action_ref'
  | 'status'
  | 'parent'
  | 'enforcement'
  | 'rule_ref'
  | 'trigger_ref'
  | 'started_at'
  | 'workflow_task'
  | 'original_execution'
  | 'created'
  | 'updated'
>;

/** All conditions hold together. Refs may be globs (`core.*`). */
export interface ExecutionFilter {
  readonly status?: ExecutionStatus | undefined;
  readonly action_ref?: string | undefined;
  /** Actions of this pack. */
  readonly pack_name?: string | undefined;
  readonly rule_ref?: string | undefined;
  readonly trigger_ref?: string | undefined;
  readonly executor?: number | undefined;
  readonly enforcement?: number | undefined;
  readonly parent?: number | undefined;
  /** Text anywhere in the result, upper or lower case. Reads every result in its way, and is given up after a while: combine it with others. */
  readonly result_contains?: string | undefined;
  readonly top_level_only?: boolean | undefined;
  /** Which rows there are at all for who asks; the table is `e`. */
  readonly visible?: Sql | undefined;
}

const SUMMARY = sql`
  e.id, e.action_ref, e.status, e.parent, e.enforcement, e.rule_ref, e.trigger_ref, e.started_at, e.workflow_task,
  e.original_execution, e.created, e.updated`;

/** Executions, newest first. */
export function listExecutions(
  db: Database,
  filter: ExecutionFilter,
  page: TimeSeriesPageRequest,
): Promise<TimeSeriesPage<ExecutionSummaryRow>> {
  // An execution is never older than what it comes from.
  const window = wholeWindow(filter.parent ?? filter.enforcement, Date.now());
  return listNewest(
    db,
    {
      from: sql`execution as e`,
      columns: SUMMARY,
      conditions: conditionsOf(filter),
      window,
      isSearch: isSearch(filter),
    },
    page,
  );
}

const isSearch = ({ result_contains: text, action_ref, rule_ref, trigger_ref }: ExecutionFilter): boolean =>
  text !== undefined || [action_ref, rule_ref, trigger_ref].some(isGlob);

function conditionsOf(filter: ExecutionFilter): Sql {
  const conditions: Sql[] = [];
  if (filter.status !== undefined) conditions.push(sql`e.status = ${filter.status}`);
  if (filter.action_ref !== undefined) conditions.push(matchesRef(sql`e.action_ref`, filter.action_ref));
  if (filter.pack_name !== undefined) conditions.push(sql`starts_with(e.action_ref, ${`${filter.pack_name}.`})`);
  if (filter.rule_ref !== undefined) conditions.push(matchesRef(sql`e.rule_ref`, filter.rule_ref));
  if (filter.trigger_ref !== undefined) conditions.push(matchesRef(sql`e.trigger_ref`, filter.trigger_ref));
  if (filter.executor !== undefined) conditions.push(sql`e.executor = ${filter.executor}`);
  if (filter.enforcement !== undefined) conditions.push(sql`e.enforcement = ${filter.enforcement}`);
  if (filter.parent !== undefined) conditions.push(sql`e.parent = ${filter.parent}`);
  if (filter.top_level_only === true) conditions.push(sql`e.parent is null`);
  if (filter.result_contains !== undefined) conditions.push(containsText(sql`e.result::text`, filter.result_contains));
  if (filter.visible !== undefined) conditions.push(filter.visible);
  return allOf(conditions);
}
