import { type Database, run } from '../database/run.js';
import { allOf, sql, type Sql } from '../database/sql.js';
import { type AuditEventEntity } from '../entities/audit-event.entity.js';
import { type AuditCategory, type AuditOutcome } from '../entities/enums.js';
import { createdIn, type CreatedWindow, wholeWindow } from './created-range.js';
import { listNewest } from './list-newest.js';
import { type TimeSeriesPage, type TimeSeriesPageRequest } from './page.js';
import { containsText } from './text-match.js';

/** An event in a list. */
export type AuditEventSummaryRow = Pick<
  AuditEventEntity,
  | 'id'
  | 'created'
  | 'category'
  | 'event_type'
  | 'outcome'
  | 'actor_identity'
  | 'actor_login'
  | 'resource_type'
  | 'resource_ref'
  | 'http_method'
  | 'http_path'
  | 'http_status'
  | 'request_id'
>;

/** All conditions hold together. Exact, but login and path are looked for as parts. */
export interface AuditEventFilter {
  readonly category?: AuditCategory | undefined;
  readonly event_type?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly actor_identity?: number | undefined;
  readonly actor_login?: string | undefined;
  readonly resource_type?: string | undefined;
  readonly resource_id?: number | undefined;
  readonly resource_ref?: string | undefined;
  readonly request_id?: string | undefined;
  readonly http_status?: number | undefined;
  readonly http_method?: string | undefined;
  readonly http_path?: string | undefined;
  /** Where events are looked for; default: everything kept. */
  readonly created?: Partial<CreatedWindow>;
}

const SUMMARY = sql`
  e.id, e.created, e.category, e.event_type, e.outcome, e.actor_identity, e.actor_login, e.resource_type, e.resource_ref,
  e.http_method, e.http_path, e.http_status, e.request_id`;

const COLUMNS = sql`
  ${SUMMARY}, e.actor_token_type, e.actor_ip, e.actor_user_agent, e.resource_id, e.duration_ms, e.details,
  e.correlation_chain`;

/** One event, or null. */
export async function findAuditEvent(db: Database, id: number): Promise<AuditEventEntity | null> {
  const [event] = await run<AuditEventEntity>(
    db,
    sql`select ${COLUMNS} from audit_event as e where e.id = ${id} and e.created = time_id_created(${id})`,
  );
  return event ?? null;
}

/** Events, newest first. */
export function listAuditEvents(
  db: Database,
  filter: AuditEventFilter,
  page: TimeSeriesPageRequest,
): Promise<TimeSeriesPage<AuditEventSummaryRow>> {
  const whole = wholeWindow(undefined, Date.now());
  const window = {
    fromMs: Math.max(whole.fromMs, filter.created?.fromMs ?? whole.fromMs),
    toMs: Math.min(whole.toMs, filter.created?.toMs ?? whole.toMs),
  };
  return listNewest(
    db,
    { from: sql`audit_event as e`, columns: SUMMARY, conditions: conditionsOf(filter), window },
    page,
  );
}

/** What one request did, newest first; there are few of each. */
export function listAuditEventsOfRequest(
  db: Database,
  requestId: string,
  window: CreatedWindow,
): Promise<AuditEventEntity[]> {
  return run<AuditEventEntity>(
    db,
    sql`
    select ${COLUMNS}
    from audit_event as e
    where e.request_id = ${requestId} and ${createdIn(sql`e.created`, window)}
    order by e.created desc, e.id desc`,
  );
}

function conditionsOf(filter: AuditEventFilter): Sql {
  const conditions: Sql[] = [];
  if (filter.category !== undefined) conditions.push(sql`e.category = ${filter.category}`);
  if (filter.event_type !== undefined) conditions.push(sql`e.event_type = ${filter.event_type}`);
  if (filter.outcome !== undefined) conditions.push(sql`e.outcome = ${filter.outcome}`);
  if (filter.actor_identity !== undefined) conditions.push(sql`e.actor_identity = ${filter.actor_identity}`);
  if (filter.actor_login !== undefined) conditions.push(containsText(sql`e.actor_login`, filter.actor_login));
  if (filter.resource_type !== undefined) conditions.push(sql`e.resource_type = ${filter.resource_type}`);
  if (filter.resource_id !== undefined) conditions.push(sql`e.resource_id = ${filter.resource_id}`);
  if (filter.resource_ref !== undefined) conditions.push(sql`e.resource_ref = ${filter.resource_ref}`);
  if (filter.request_id !== undefined) conditions.push(sql`e.request_id = ${filter.request_id}`);
  if (filter.http_status !== undefined) conditions.push(sql`e.http_status = ${filter.http_status}`);
  if (filter.http_method !== undefined) conditions.push(sql`e.http_method = ${filter.http_method}`);
  if (filter.http_path !== undefined) conditions.push(containsText(sql`e.http_path`, filter.http_path));
  return allOf(conditions);
}
