import { json, sql, type Sql } from '../../database/sql.js';
import { type NewAuditEvent } from '../audit-event.js';

/** What a row has besides its id and time. */
export const AUDIT_COLUMNS = sql`
  category, event_type, outcome, actor_identity, actor_login, actor_token_type, actor_ip, actor_user_agent, request_id,
  resource_type, resource_id, resource_ref, http_method, http_path, http_status, duration_ms, details,
  correlation_chain`;

/** The same of the rows that `givenAuditRows` makes, whose alias is `n`. */
export const GIVEN_AUDIT_COLUMNS = sql`
  n.category, n.event_type, n.outcome, n.actor_identity, n.actor_login, n.actor_token_type, n.actor_ip,
  n.actor_user_agent, n.request_id, n.resource_type, n.resource_id, n.resource_ref, n.http_method, n.http_path,
  n.http_status, n.duration_ms, n.details, n.correlation_chain`;

/** Rows as one parameter. `id` is null where the statement makes it. */
export const givenAuditRows = (rows: readonly (NewAuditEvent & { readonly id?: number })[]): Sql => sql`
  jsonb_to_recordset(${json(rows)}::jsonb) as n (
    id bigint, category audit_category, event_type text, outcome audit_outcome, actor_identity bigint, actor_login text,
    actor_token_type audit_token_type, actor_ip text, actor_user_agent text, request_id uuid, resource_type text,
    resource_id bigint, resource_ref text, http_method text, http_path text, http_status integer, duration_ms integer,
    details jsonb, correlation_chain jsonb
  )`;
