import { type AuditEventEntity, type AuditEventSummaryRow } from '@attune/common';
import { type AuditEventResponse, type AuditEventSummary } from '@attune/contract';
import { iso } from '../domain/wire.js';

export const showAuditEventSummary = (event: AuditEventSummaryRow): AuditEventSummary => ({
  id: event.id,
  created: iso(event.created),
  category: event.category,
  event_type: event.event_type,
  outcome: event.outcome,
  actor_identity: event.actor_identity,
  actor_login: event.actor_login,
  resource_type: event.resource_type,
  resource_ref: event.resource_ref,
  http_method: event.http_method,
  http_path: event.http_path,
  http_status: event.http_status,
  request_id: event.request_id,
});

export const showAuditEvent = (event: AuditEventEntity): AuditEventResponse => ({
  ...showAuditEventSummary(event),
  // The contract has no word for the platform itself; its login tells.
  actor_token_type: event.actor_token_type === 'system' ? null : event.actor_token_type,
  actor_ip: event.actor_ip,
  actor_user_agent: event.actor_user_agent,
  resource_id: event.resource_id,
  duration_ms: event.duration_ms,
  details: event.details,
  correlation_chain: event.correlation_chain,
});
