import { z } from 'zod';
import { enumeration, response } from '../define.js';
import { int32, int64, json, text, timestamp, uuid } from '../fields.js';

/** Which part of the product an audit event is about. */
export const AuditCategory = enumeration('AuditCategory', [
  'api',
  'auth',
  'rbac',
  'secret',
  'admin',
  'execution',
  'pack',
]);
export type AuditCategory = z.output<typeof AuditCategory>;

/** `denied` stands for 401 and 403. */
export const AuditOutcome = enumeration('AuditOutcome', ['success', 'failure', 'denied']);
export type AuditOutcome = z.output<typeof AuditOutcome>;

export const AuditEventSummary = response('AuditEventSummary', {
  id: int64(),
  created: timestamp(),
  category: z.enum(['api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack']),
  event_type: text(),
  outcome: z.enum(['success', 'failure', 'denied']),
  actor_identity: int64().nullable(),
  actor_login: text().nullable(),
  resource_type: text().nullable(),
  resource_ref: text().nullable(),
  http_method: text().nullable(),
  http_path: text().nullable(),
  http_status: int32().nullable(),
  request_id: uuid().nullable(),
});
export type AuditEventSummary = z.output<typeof AuditEventSummary>;

/** An audit event with everything known about it; secrets are masked. */
export const AuditEventResponse = response('AuditEventResponse', {
  id: int64(),
  created: timestamp(),
  category: z.enum(['api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack']),
  event_type: text(),
  outcome: z.enum(['success', 'failure', 'denied']),
  actor_identity: int64().nullable(),
  actor_login: text().nullable(),
  actor_token_type: z.enum(['access', 'refresh', 'sensor', 'execution', 'worker']).nullable(),
  actor_ip: text().nullable(),
  actor_user_agent: text().nullable(),
  request_id: uuid().nullable(),
  resource_type: text().nullable(),
  resource_id: int64().nullable(),
  resource_ref: text().nullable(),
  http_method: text().nullable(),
  http_path: text().nullable(),
  http_status: int32().nullable(),
  duration_ms: int32().nullable(),
  details: json().nullable(),
  correlation_chain: json().nullable(),
});
export type AuditEventResponse = z.output<typeof AuditEventResponse>;
