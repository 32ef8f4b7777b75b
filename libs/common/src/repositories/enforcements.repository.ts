import { type Json, type JsonObject } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { allOf, json, sql, type Sql } from '../database/sql.js';
import { type EnforcementEntity } from '../entities/enforcement.entity.js';
import { type EnforcementCondition, type EnforcementStatus } from '../entities/enums.js';
import { createdAmong, groupForUpdate, wholeWindow } from './created-range.js';
import { listNewest } from './list-newest.js';
import { type TimeSeriesPage, type TimeSeriesPageRequest } from './page.js';

/** An enforcement to be stored; the database gives it its id and time. */
export interface NewEnforcement {
  readonly rule: number | null;
  readonly rule_ref: string;
  readonly trigger_ref: string;
  readonly event: number | null;
  /** Rendered action parameters, secrets redacted. */
  readonly config?: JsonObject | null;
  readonly payload?: Json;
  /** Default `all`. */
  readonly condition?: EnforcementCondition;
  readonly conditions?: Json;
  /** Default `created`; any other is resolved at once. */
  readonly status?: EnforcementStatus;
}

/** An enforcement in a list: without payload and configuration. */
export type EnforcementSummaryRow = Pick<
  EnforcementEntity,
  'id' | 'rule' | 'rule_ref' | 'trigger_ref' | 'event' | 'status' | 'condition' | 'created'
>;

/** All conditions hold together; all are exact. */
export interface EnforcementFilter {
  readonly rule?: number | undefined;
  readonly event?: number | undefined;
  readonly status?: EnforcementStatus | undefined;
  readonly trigger_ref?: string | undefined;
  readonly rule_ref?: string | undefined;
  /** Which rows there are at all for who asks; the table is `e`. */
  readonly visible?: Sql | undefined;
}

const COLUMNS = sql`
  e.id, e.rule, e.rule_ref, e.trigger_ref, e.event, e.config, e.payload, e.condition, e.conditions, e.status,
  e.created, e.resolved_at`;

/** Stores enforcements in one statement and gives their ids in the same order. */
export async function insertEnforcements(db: Database, enforcements: readonly NewEnforcement[]): Promise<number[]> {
  if (enforcements.length === 0) return [];
  const rows = await run<{ id: number }>(
    db,
    sql`
    with given as materialized (
      select n.*, time_id() as id
      from rows from (
        jsonb_to_recordset(${json(enforcements)}::jsonb) as (
          rule bigint, rule_ref text, trigger_ref text, event bigint, config jsonb, payload jsonb,
          condition enforcement_condition, conditions jsonb, status enforcement_status
        )
      ) with ordinality as n (
        rule, rule_ref, trigger_ref, event, config, payload, condition, conditions, status, position
      )
    ), stored as (
      insert into enforcement (
        id, created, rule, rule_ref, trigger_ref, event, config, payload, condition, conditions, status, resolved_at
      )
      select
        g.id, time_id_created(g.id), g.rule, g.rule_ref, g.trigger_ref, g.event, g.config, g.payload,
        coalesce(g.condition, 'all'), g.conditions, coalesce(g.status, 'created'),
        case when g.status <> 'created' then now() end
      from given as g
      order by g.position
    )
    select g.id from given as g order by g.position`.prepared(),
  );
  return rows.map((row) => row.id);
}

/** One enforcement, or null. */
export async function findEnforcement(db: Database, id: number): Promise<EnforcementEntity | null> {
  const [enforcement] = await run<EnforcementEntity>(
    db,
    sql`select ${COLUMNS} from enforcement as e where e.id = ${id} and e.created = time_id_created(${id})`,
  );
  return enforcement ?? null;
}

/** The enforcements that exist among these ids, oldest first. */
export async function findEnforcements(db: Database, ids: readonly number[]): Promise<EnforcementEntity[]> {
  if (ids.length === 0) return [];
  return run<EnforcementEntity>(
    db,
    sql`
    select ${COLUMNS}
    from enforcement as e
    where e.id = any(${ids}::bigint[]) and ${createdAmong(sql`e.created`, ids)}
    order by e.created, e.id`,
  );
}

/** Moves open enforcements to their end and gives the ids that moved: one already resolved stays as it is. */
export async function resolveEnforcements(
  db: Database,
  ids: readonly number[],
  status: Exclude<EnforcementStatus, 'created'>,
): Promise<number[]> {
  const resolved: number[] = [];
  for (const group of groupForUpdate(ids, (id) => id)) {
    const rows = await run<{ id: number }>(
      db,
      sql`
      update enforcement as e
      set status = ${status}, resolved_at = now()
      where e.id = any(${group}::bigint[]) and ${createdAmong(sql`e.created`, group)} and e.status = 'created'
      returning e.id`,
    );
    resolved.push(...rows.map((row) => row.id));
  }
  return resolved;
}

const SUMMARY = sql`e.id, e.rule, e.rule_ref, e.trigger_ref, e.event, e.status, e.condition, e.created`;

/** Enforcements, newest first. */
export function listEnforcements(
  db: Database,
  filter: EnforcementFilter,
  page: TimeSeriesPageRequest,
): Promise<TimeSeriesPage<EnforcementSummaryRow>> {
  const window = wholeWindow(filter.event, Date.now()); // an enforcement is never older than its event
  return listNewest(
    db,
    { from: sql`enforcement as e`, columns: SUMMARY, conditions: conditionsOf(filter), window },
    page,
  );
}

function conditionsOf({ rule, event, status, trigger_ref, rule_ref, visible }: EnforcementFilter): Sql {
  const conditions: Sql[] = [];
  if (rule !== undefined) conditions.push(sql`e.rule = ${rule}`);
  if (event !== undefined) conditions.push(sql`e.event = ${event}`);
  if (status !== undefined) conditions.push(sql`e.status = ${status}`);
  if (trigger_ref !== undefined) conditions.push(sql`e.trigger_ref = ${trigger_ref}`);
  if (rule_ref !== undefined) conditions.push(sql`e.rule_ref = ${rule_ref}`);
  if (visible !== undefined) conditions.push(visible);
  return allOf(conditions);
}
