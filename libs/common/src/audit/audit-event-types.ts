import { type AuditCategory, type AuditOutcome } from '../entities/enums.js';

interface AuditEventKind {
  readonly category: AuditCategory;
  /** How it ended, where the type itself does not say "success". */
  readonly outcome?: AuditOutcome;
}

const auth: AuditEventKind = { category: 'auth' };
const refused: AuditEventKind = { category: 'auth', outcome: 'failure' };
const admin: AuditEventKind = { category: 'admin' };
const secret: AuditEventKind = { category: 'secret' };
const pack: AuditEventKind = { category: 'pack' };
const execution: AuditEventKind = { category: 'execution' };
const executionFailed: AuditEventKind = { category: 'execution', outcome: 'failure' };

/** Everything that is audited besides the requests themselves. */
export const AUDIT_EVENT_KINDS = {
  'auth.login.success': auth,
  'auth.login.failure': refused,
  'auth.register.success': auth,
  'auth.token_refresh.success': auth,
  'auth.token_refresh.failure': refused,
  'auth.token_login.success': auth,
  'auth.token_login.failure': refused,
  'rbac.denied': { category: 'rbac', outcome: 'denied' },
  'rbac.allowed.privileged': { category: 'rbac' },
  'admin.identity.created': admin,
  'admin.identity.updated': admin,
  'admin.identity.deleted': admin,
  'admin.role_assignment.changed': admin,
  'admin.permission_set.changed': admin,
  'admin.permission_assignment.changed': admin,
  'admin.security_config.changed': admin,
  /** A worker was cordoned or takes work again. */
  'admin.worker.changed': admin,
  'secret.key.created': secret,
  'secret.key.read': secret,
  'secret.key.decrypted': secret,
  'secret.key.updated': secret,
  'secret.key.deleted': secret,
  'secret.execution_values.decrypted': secret,
  'secret.enforcement_values.decrypted': secret,
  'artifact.created': secret,
  'artifact.read': secret,
  'artifact.downloaded': secret,
  'artifact.updated': secret,
  'artifact.deleted': secret,
  'pack.created': pack,
  'pack.uploaded': pack,
  'pack.registered': pack,
  'pack.installed': pack,
  'pack.updated': pack,
  'pack.deleted': pack,
  'definition.action.changed': pack,
  'definition.rule.changed': pack,
  'definition.trigger.changed': pack,
  'definition.sensor.changed': pack,
  'definition.workflow.changed': pack,
  'definition.queue.changed': pack,
  'definition.runtime.changed': pack,
  'execution.requested': execution,
  'execution.scheduled': execution,
  'execution.started': execution,
  'execution.completed': execution,
  'execution.failed': executionFailed,
  'execution.timed_out': executionFailed,
  'execution.canceling': execution,
  'execution.cancelled': execution,
  'execution.abandoned': executionFailed,
  'execution.retried': execution,
  'execution.workflow_child_dispatched': execution,
  'execution.status_changed': execution,
  'audit_log.read': admin,
  'audit_log.exported': admin,
  'audit_log.retention_changed': admin,
  'audit_log.export_config_changed': admin,
  'maintenance.retention.config_updated': admin,
  'maintenance.retention.target_completed': admin,
  'maintenance.retention.target_failed': { category: 'admin', outcome: 'failure' },
  'maintenance.artifact.cleanup_completed': admin,
  'maintenance.corrective_action.applied': admin,
  'security.rate_limited': { category: 'auth', outcome: 'denied' },
  'security.webhook_secret.changed': secret,
} as const satisfies Readonly<Record<string, AuditEventKind>>;

export type AuditEventType = keyof typeof AUDIT_EVENT_KINDS;

/** Of a request: `api.post.denied`. */
export type ApiEventType = `api.${Lowercase<string>}.${AuditOutcome}`;

export const kindOf = (type: AuditEventType): AuditEventKind => AUDIT_EVENT_KINDS[type];
