export { AnalyticsRepository } from './analytics/analytics.repository.js';
export {
  type EnforcementVolumeBucket,
  type EventVolumeBucket,
  type ExecutionFailureRate,
  type ExecutionStatusBucket,
  type ExecutionThroughputBucket,
  type ExecutionVolumeBucket,
  type WorkerStatusBucket,
} from './analytics/buckets.js';
export { countExecutions, type CountedExecutions, type ExecutionCounts } from './analytics/count-executions.js';
export { type TimeRange } from './analytics/hour-range.js';
export {
  apiEvent,
  type AuditedRequest,
  auditEvent,
  type AuditOrigin,
  type AuditRecord,
  type CorrelationChain,
  type NewAuditEvent,
  systemOrigin,
} from './audit/audit-event.js';
export { MASK } from './audit/mask-secrets.js';
export { type ApiEventType, type AuditEventType } from './audit/audit-event-types.js';
export { AuditBuffer, type AuditBufferOptions } from './audit/audit-buffer.js';
export { insertAuditEvents } from './audit/sql/insert-audit-events.sql.js';
export { leaveAuditToCaller } from './audit/sql/leave-audit-to-caller.sql.js';
export { type Config, type Secrets } from './config/config.schema.js';
export { type LdapSettings, type LoginThrottleSettings, type OidcSettings } from './config/sign-in.schema.js';
export { forgetPreviousLocalKeys, replaceLocalEncryptionKey } from './config/secrets.js';
export { ConfigError, loadConfig } from './config/load-config.js';
export { ADVISORY_LOCK, ADVISORY_LOCK_SEED } from './database/advisory-locks.js';
export { CallBatcher, type CallBatcherOptions } from './database/call-batcher.js';
export { addressOf, connect } from './database/connect.js';
export { createDataSource, type DataSourceSettings, MIGRATIONS_TABLE } from './database/data-source.js';
export { isMigrated, migrateDatabase } from './database/migrate.js';
export { type Database, execute, run } from './database/run.js';
export { SessionLock, type SessionLockOptions } from './database/session-lock.js';
export { allOf, anyOf, json, sql, Sql } from './database/sql.js';
export { constraintOf, isConnectionLost, isRetryable, SQLSTATE, sqlStateOf } from './database/sqlstate.js';
export {
  DomainError,
  errorCodeOf,
  type ErrorCode,
  type ErrorProblem,
  type ErrorSubject,
  messageOf,
  StartupError,
  TransientError,
} from './errors/domain-error.js';
export { PeriodicTask, type PeriodicTaskOptions } from './lifecycle/periodic-task.js';
export { type ReadyMessage, runService, type ServiceDefinition, type StartedService } from './lifecycle/run-service.js';
export { createLogger, type Logger } from './logging/logger.js';
export { NestLogger } from './logging/nest-logger.js';
export { DatabaseListener } from './messaging/database-listener.js';
export { type ConsumerOptions, type MessageConsumer } from './messaging/message-consumer.js';
export { Messaging } from './messaging/messaging.js';
export { publish, type PublishOptions } from './messaging/publish.js';
export { deleteOldInboxRows } from './messaging/rabbitmq/sql/delete-old-inbox-rows.sql.js';
export { type OutboxRelay } from './messaging/rabbitmq/outbox-relay.js';
export { Topology } from './messaging/rabbitmq/topology.js';
export { type Message } from './messaging/sql/take-messages.sql.js';
export {
  CHANNEL,
  hasListeners,
  type OutgoingMessage,
  QUEUE,
  type QueueName,
  SUBSCRIPTIONS,
  type Topic,
  type TopicPayloads,
} from './messaging/topics.js';
export { WakeSignal } from './messaging/wake-signal.js';
export { AddressList, isAddressRange } from './network/address-list.js';
export { CONFIG, LOGGER, type Platform, PlatformModule } from './platform/platform.module.js';
export { INTEGRATION_TOKEN_PREFIX, integrationTokenHash, newIntegrationToken } from './security/integration-tokens.js';
export { hashPassword, verifyPassword } from './security/passwords.js';
export {
  findUnreadableSecrets,
  type ResealedCount,
  resealSecrets,
  type Unreadable,
  type UnreadableRow,
} from './security/rotation/rotate-secrets.js';
export { hideValues, keepSealed, openValues, sealedPointers, sealValues } from './security/sealed-values.js';
export { SecretBox, SecretBoxError } from './security/secret-box.js';
export {
  type TokenClaims,
  type TokenRequest,
  TokenSigner,
  type TokenType,
  type TokenVerdict,
} from './security/tokens.js';
export { ActionEntity } from './entities/action.entity.js';
export { ArtifactVersionEntity } from './entities/artifact-version.entity.js';
export { ArtifactEntity } from './entities/artifact.entity.js';
export { AuditEventEntity } from './entities/audit-event.entity.js';
export { DeadLetterEntity } from './entities/dead-letter.entity.js';
export { DispatchEntity } from './entities/dispatch.entity.js';
export { EnforcementEntity } from './entities/enforcement.entity.js';
export { EventEntity } from './entities/event.entity.js';
export { ExecutionAdmissionEntryEntity } from './entities/execution-admission-entry.entity.js';
export { ExecutionAdmissionStateEntity } from './entities/execution-admission-state.entity.js';
export { ExecutionSecretValueEntity } from './entities/execution-secret-value.entity.js';
export { ExecutionEntity } from './entities/execution.entity.js';
export { IdentityLinkEntity } from './entities/identity-link.entity.js';
export { IdentityRoleAssignmentEntity } from './entities/identity-role-assignment.entity.js';
export { IdentityEntity } from './entities/identity.entity.js';
export { InquiryEntity } from './entities/inquiry.entity.js';
export { IntegrationTokenEntity } from './entities/integration-token.entity.js';
export { KeyEntity } from './entities/key.entity.js';
export { LoginAttemptEntity } from './entities/login-attempt.entity.js';
export { MessageInboxEntity } from './entities/message-inbox.entity.js';
export { NotificationEntity } from './entities/notification.entity.js';
export { OutboxMessageEntity } from './entities/outbox-message.entity.js';
export { PackEnvironmentEntity } from './entities/pack-environment.entity.js';
export { PackRegistryIndexEntity } from './entities/pack-registry-index.entity.js';
export { PackTestExecutionEntity } from './entities/pack-test-execution.entity.js';
export { PackEntity } from './entities/pack.entity.js';
export { PermissionAssignmentEntity } from './entities/permission-assignment.entity.js';
export { PermissionSetRoleAssignmentEntity } from './entities/permission-set-role-assignment.entity.js';
export { PermissionSetEntity } from './entities/permission-set.entity.js';
export { PolicyEntity } from './entities/policy.entity.js';
export { QueueStatsEntity } from './entities/queue-stats.entity.js';
export { RuleEntity } from './entities/rule.entity.js';
export { RuntimeVersionEntity } from './entities/runtime-version.entity.js';
export { RuntimeEntity } from './entities/runtime.entity.js';
export { SensorEntity } from './entities/sensor.entity.js';
export { TriggerEntity } from './entities/trigger.entity.js';
export { WebhookEventLogEntity } from './entities/webhook-event-log.entity.js';
export { WorkerEntity } from './entities/worker.entity.js';
export { WorkflowDefinitionEntity } from './entities/workflow-definition.entity.js';
export { WorkflowExecutionEntity } from './entities/workflow-execution.entity.js';
export { WorkflowTaskDispatchEntity } from './entities/workflow-task-dispatch.entity.js';
export {
  type ActionInvocation,
  ACTION_INVOCATIONS,
  type AdmissionStatus,
  ADMISSION_STATUSES,
  type ArtifactType,
  ARTIFACT_TYPES,
  ARTIFACT_VISIBILITIES,
  type ArtifactVisibility,
  AUDIT_CATEGORIES,
  AUDIT_OUTCOMES,
  AUDIT_TOKEN_TYPES,
  type AuditCategory,
  type AuditOutcome,
  type AuditTokenType,
  type EnforcementCondition,
  ENFORCEMENT_CONDITIONS,
  type EnforcementStatus,
  ENFORCEMENT_STATUSES,
  type ExecutionRetryReason,
  EXECUTION_RETRY_REASONS,
  type ExecutionStatus,
  EXECUTION_STATUSES,
  type InquiryStatus,
  INQUIRY_STATUSES,
  type OutputFormat,
  OUTPUT_FORMATS,
  type OwnerType,
  OWNER_TYPES,
  type PackEnvironmentStatus,
  PACK_ENVIRONMENT_STATUSES,
  type PackTestReason,
  PACK_TEST_REASONS,
  PARAMETER_DELIVERIES,
  type ParameterDelivery,
  type ParameterFormat,
  PARAMETER_FORMATS,
  type PolicyMethod,
  POLICY_METHODS,
  type RetentionPolicyType,
  RETENTION_POLICY_TYPES,
  type RoleSource,
  ROLE_SOURCES,
  type SecretEntityType,
  SECRET_ENTITY_TYPES,
  type WorkerRole,
  WORKER_ROLES,
  type WorkerStatus,
  WORKER_STATUSES,
  type WorkerType,
  WORKER_TYPES,
} from './entities/enums.js';
export { type ActionFilter, findAction, listActions } from './repositories/actions.repository.js';
export {
  type AuditEventFilter,
  type AuditEventSummaryRow,
  findAuditEvent,
  listAuditEvents,
  listAuditEventsOfRequest,
} from './repositories/audit-events.repository.js';
export {
  deleteDispatches,
  insertDispatches,
  type NewDispatch,
  type DispatchRoom,
  takeDispatches,
} from './repositories/dispatches.repository.js';
export {
  type EnforcementFilter,
  type EnforcementSummaryRow,
  findEnforcement,
  findEnforcements,
  insertEnforcements,
  listEnforcements,
  type NewEnforcement,
  resolveEnforcements,
} from './repositories/enforcements.repository.js';
export {
  type EventFilter,
  type EventSummaryRow,
  findEvent,
  findEvents,
  insertEvents,
  listEvents,
  type NewEvent,
} from './repositories/events.repository.js';
export {
  type ExecutionMove,
  findExecution,
  findExecutions,
  insertExecutions,
  type MoveCondition,
  type BegunExecution,
  beginExecutions,
  moveExecutions,
  type NewExecution,
} from './repositories/executions.repository.js';
export {
  type HistoryEntityType,
  type HistoryFilter,
  type HistoryOperation,
  type HistoryRow,
  listHistory,
} from './repositories/history.repository.js';
export {
  findIdentity,
  findIdentityByLogin,
  findIdentityForUpdate,
  listIdentities,
  SYSTEM_IDENTITY_ID,
} from './repositories/identities.repository.js';
export {
  cancelInquiries,
  type EndedInquiry,
  endInquiry,
  findInquiry,
  findInquiryForUpdate,
  type InquiryEnd,
  type InquiryFilter,
  insertInquiry,
  listInquiries,
  type NewInquiry,
  timeOutInquiries,
  timeOutInquiry,
} from './repositories/inquiries.repository.js';
export { createdAmong, type CreatedWindow, createdWhileLive, groupForUpdate } from './repositories/created-range.js';
export {
  deleteKey,
  findKey,
  findKeyForUpdate,
  insertKey,
  type KeyFilter,
  type KeyOwner,
  listKeys,
  type StoredKeyValue,
  updateKey,
} from './repositories/keys.repository.js';
export { type ExecutionFilter, type ExecutionSummaryRow, listExecutions } from './repositories/list-executions.js';
export { type CountedList, listCounted } from './repositories/list-counted.js';
export { findPack, listPacks, type PackFilter } from './repositories/packs.repository.js';
export {
  type CountedPage,
  type PageRequest,
  type TimeSeriesPage,
  type TimeSeriesPageRequest,
} from './repositories/page.js';
export {
  assignPermissionSet,
  findPermissionSets,
  listGrants,
  listPermissionSets,
} from './repositories/permissions.repository.js';
export { containsText, matchesRef } from './repositories/text-match.js';
export { findRule, listRules, type RuleFilter } from './repositories/rules.repository.js';
export {
  findRuntime,
  findRuntimes,
  listAllRuntimes,
  listRuntimes,
  listRuntimeVersions,
  type RuntimeFilter,
  runtimeUsers,
} from './repositories/runtimes.repository.js';
export { findSensor, listSensors, type SensorFilter } from './repositories/sensors.repository.js';
export {
  disableWebhook,
  enableWebhook,
  findTrigger,
  findTriggerByWebhookKey,
  listTriggers,
  replaceWebhookKey,
  type TriggerFilter,
} from './repositories/triggers.repository.js';
export {
  deactivateStaleWorkers,
  findWorker,
  HEARTBEAT_STALE_SECONDS,
  listWorkers,
  listWorkersForScheduling,
  recordHeartbeat,
  registerWorker,
  setWorkerStatus,
  type WorkerFilter,
  type WorkerHealthState,
  type WorkerLoad,
  type WorkerRegistration,
  type WorkerWithLoad,
} from './repositories/workers.repository.js';
export {
  deleteWorkflow,
  findWorkflow,
  listWorkflows,
  missingActions,
  type WorkflowFilter,
  type WorkflowSummaryRow,
} from './repositories/workflows.repository.js';
export { type RetentionOutcome, runRetentionRound } from './retention/retention-round.js';
export {
  DEFAULT_RETENTION,
  RETENTION_TARGETS,
  type RetentionSettings,
  type RetentionTarget,
} from './retention/retention-settings.js';
export { readRetentionSettings, storeRetentionSettings } from './retention/retention-store.js';
export { refreshAggregates } from './timeseries/aggregate-refresh.js';
export { type DatabaseCapabilities, databaseCapabilities } from './timeseries/database-capabilities.js';
export { type HypertableReport, hypertableReport } from './timeseries/hypertable-report.js';
export { type MaintenanceOptions, type MaintenanceRound, MaintenanceRunner } from './timeseries/maintenance-runner.js';
export { type FailedPolicy, listFailedPolicies } from './timeseries/policy-failures.js';
export { type Retention, setRetention } from './timeseries/retention.js';
export { type RollupOutcome } from './timeseries/rollups.js';
export {
  findTimeSeriesTable,
  HOURLY_AGGREGATES,
  type HourlyAggregateName,
  TIME_SERIES_TABLES,
  type TimeSeriesTableName,
} from './timeseries/time-series-tables.js';
export { deleteRow, insertRow, updateRow } from './repositories/rows.js';
