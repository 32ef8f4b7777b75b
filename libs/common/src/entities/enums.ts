/** The closed sets of values, as the database has them; a spec compares both. */

export const EXECUTION_STATUSES = [
  'requested',
  'scheduling',
  'scheduled',
  'running',
  'completed',
  'failed',
  'canceling',
  'cancelled',
  'timeout',
  'abandoned',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export const ENFORCEMENT_STATUSES = ['created', 'processed', 'disabled'] as const;
export type EnforcementStatus = (typeof ENFORCEMENT_STATUSES)[number];

export const ENFORCEMENT_CONDITIONS = ['any', 'all'] as const;
export type EnforcementCondition = (typeof ENFORCEMENT_CONDITIONS)[number];

export const INQUIRY_STATUSES = ['pending', 'responded', 'timeout', 'cancelled'] as const;
export type InquiryStatus = (typeof INQUIRY_STATUSES)[number];

export const OWNER_TYPES = ['system', 'identity', 'pack', 'action', 'sensor'] as const;
export type OwnerType = (typeof OWNER_TYPES)[number];

export const RETENTION_POLICY_TYPES = ['versions', 'days', 'hours', 'minutes'] as const;
export type RetentionPolicyType = (typeof RETENTION_POLICY_TYPES)[number];

export const ARTIFACT_TYPES = [
  'file_binary',
  'file_datatable',
  'file_image',
  'file_text',
  'other',
  'progress',
  'url',
] as const;
export type ArtifactType = (typeof ARTIFACT_TYPES)[number];

export const ARTIFACT_VISIBILITIES = ['public', 'private'] as const;
export type ArtifactVisibility = (typeof ARTIFACT_VISIBILITIES)[number];

export const WORKER_TYPES = ['local', 'remote', 'container'] as const;
export type WorkerType = (typeof WORKER_TYPES)[number];

export const WORKER_ROLES = ['action', 'sensor'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

export const WORKER_STATUSES = ['active', 'inactive', 'busy', 'error'] as const;
export type WorkerStatus = (typeof WORKER_STATUSES)[number];

export const POLICY_METHODS = ['enqueue', 'cancel'] as const;
export type PolicyMethod = (typeof POLICY_METHODS)[number];

export const ROLE_SOURCES = ['manual', 'oidc', 'ldap'] as const;
export type RoleSource = (typeof ROLE_SOURCES)[number];

export const PARAMETER_DELIVERIES = ['stdin', 'file'] as const;
export type ParameterDelivery = (typeof PARAMETER_DELIVERIES)[number];

export const PARAMETER_FORMATS = ['json', 'dotenv', 'yaml'] as const;
export type ParameterFormat = (typeof PARAMETER_FORMATS)[number];

export const OUTPUT_FORMATS = ['text', 'json', 'yaml', 'jsonl'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export const ACTION_INVOCATIONS = ['process', 'function'] as const;
export type ActionInvocation = (typeof ACTION_INVOCATIONS)[number];

export const EXECUTION_RETRY_REASONS = [
  'failed',
  'timeout',
  'abandoned',
  'worker_unavailable',
  'queue_timeout',
  'worker_heartbeat_stale',
  'transient_error',
  'manual_retry',
  'unknown',
] as const;
export type ExecutionRetryReason = (typeof EXECUTION_RETRY_REASONS)[number];

export const SECRET_ENTITY_TYPES = ['execution_config', 'execution_result', 'enforcement_config'] as const;
export type SecretEntityType = (typeof SECRET_ENTITY_TYPES)[number];

export const ADMISSION_STATUSES = ['queued', 'active'] as const;
export type AdmissionStatus = (typeof ADMISSION_STATUSES)[number];

export const PACK_ENVIRONMENT_STATUSES = ['pending', 'installing', 'ready', 'failed', 'outdated'] as const;
export type PackEnvironmentStatus = (typeof PACK_ENVIRONMENT_STATUSES)[number];

export const PACK_TEST_REASONS = ['register', 'install', 'update', 'manual', 'validation'] as const;
export type PackTestReason = (typeof PACK_TEST_REASONS)[number];

export const AUDIT_CATEGORIES = ['api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack'] as const;
export type AuditCategory = (typeof AUDIT_CATEGORIES)[number];

export const AUDIT_OUTCOMES = ['success', 'failure', 'denied'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export const AUDIT_TOKEN_TYPES = ['access', 'execution', 'sensor', 'refresh', 'worker', 'system'] as const;
export type AuditTokenType = (typeof AUDIT_TOKEN_TYPES)[number];
