import { type JsonObject } from '@attune/engine';
import { type AuditCategory, type AuditOutcome, type AuditTokenType } from '../entities/enums.js';
import { type ApiEventType, type AuditEventType, kindOf } from './audit-event-types.js';
import { maskSecrets, storableText } from './mask-secrets.js';

/** What led to what, as far as it is known. */
export interface CorrelationChain {
  readonly rule_id?: number;
  readonly enforcement_id?: number;
  readonly execution_id?: number;
  readonly parent_request_id?: string;
  readonly parent_execution_id?: number;
}

/** Who did something, and from where. Null is unknown. */
export interface AuditOrigin {
  readonly identityId: number | null;
  readonly login: string | null;
  readonly tokenType: AuditTokenType | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  /** Of an execution that acts by its token. */
  readonly chain: CorrelationChain;
}

/** What happened. */
export interface AuditRecord {
  readonly type: AuditEventType;
  /** Default: what the type says. */
  readonly outcome?: AuditOutcome;
  /** What it is about; `ref` is its lasting name. */
  readonly resource?: { readonly type: string; readonly id?: number | null; readonly ref?: string | null };
  /** Names of changed fields, counts, reasons. What looks like a secret is masked, but do not rely on it. */
  readonly details?: JsonObject;
  readonly chain?: CorrelationChain;
}

/** The HTTP side of a request. */
export interface AuditedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

/** A row of the audit log without its id and time. */
export interface NewAuditEvent {
  readonly category: AuditCategory;
  readonly event_type: AuditEventType | ApiEventType;
  readonly outcome: AuditOutcome;
  readonly actor_identity: number | null;
  readonly actor_login: string | null;
  readonly actor_token_type: AuditTokenType | null;
  readonly actor_ip: string | null;
  readonly actor_user_agent: string | null;
  readonly request_id: string | null;
  readonly resource_type: string | null;
  readonly resource_id: number | null;
  readonly resource_ref: string | null;
  readonly http_method: string | null;
  readonly http_path: string | null;
  readonly http_status: number | null;
  readonly duration_ms: number | null;
  readonly details: JsonObject;
  readonly correlation_chain: CorrelationChain;
}

/** The platform itself: `service` becomes the login, such as `attune-supervisor`. */
export const systemOrigin = (service: string): AuditOrigin => ({
  identityId: null,
  login: service,
  tokenType: 'system',
  ip: null,
  userAgent: null,
  requestId: null,
  chain: {},
});

export function auditEvent(
  origin: AuditOrigin,
  { type, outcome, resource, details, chain }: AuditRecord,
): NewAuditEvent {
  const kind = kindOf(type);
  return {
    ...actorOf(origin),
    category: kind.category,
    event_type: type,
    outcome: outcome ?? kind.outcome ?? 'success',
    resource_type: resource?.type ?? null,
    resource_id: resource?.id ?? null,
    resource_ref: storableText(resource?.ref),
    http_method: null,
    http_path: null,
    http_status: null,
    duration_ms: null,
    details: maskSecrets(details ?? {}),
    correlation_chain: { ...origin.chain, ...chain },
  };
}

/** A request as such: `api.<method>.<outcome>`. */
export function apiEvent(origin: AuditOrigin, { method, path, status, durationMs }: AuditedRequest): NewAuditEvent {
  const outcome = outcomeOf(status);
  return {
    ...actorOf(origin),
    category: 'api',
    event_type: `api.${method.toLowerCase() as Lowercase<string>}.${outcome}`,
    outcome,
    resource_type: null,
    resource_id: null,
    resource_ref: null,
    http_method: method,
    http_path: storableText(path),
    http_status: status,
    duration_ms: Math.round(durationMs),
    details: {},
    correlation_chain: origin.chain,
  };
}

export function outcomeOf(status: number): AuditOutcome {
  if (status === 401 || status === 403) return 'denied';
  return status >= 400 ? 'failure' : 'success';
}

function actorOf({ identityId, login, tokenType, ip, userAgent, requestId }: AuditOrigin) {
  return {
    actor_identity: identityId,
    actor_login: storableText(login),
    actor_token_type: tokenType,
    actor_ip: ip,
    actor_user_agent: storableText(userAgent),
    request_id: requestId,
  };
}
