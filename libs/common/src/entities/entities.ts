import { ActionEntity } from './action.entity.js';
import { ArtifactEntity } from './artifact.entity.js';
import { ArtifactVersionEntity } from './artifact-version.entity.js';
import { AuditEventEntity } from './audit-event.entity.js';
import { DeadLetterEntity } from './dead-letter.entity.js';
import { DispatchEntity } from './dispatch.entity.js';
import { EnforcementEntity } from './enforcement.entity.js';
import { EventEntity } from './event.entity.js';
import { ExecutionEntity } from './execution.entity.js';
import { ExecutionAdmissionEntryEntity } from './execution-admission-entry.entity.js';
import { ExecutionAdmissionStateEntity } from './execution-admission-state.entity.js';
import { ExecutionSecretValueEntity } from './execution-secret-value.entity.js';
import { IdentityEntity } from './identity.entity.js';
import { IdentityLinkEntity } from './identity-link.entity.js';
import { IdentityRoleAssignmentEntity } from './identity-role-assignment.entity.js';
import { InquiryEntity } from './inquiry.entity.js';
import { IntegrationTokenEntity } from './integration-token.entity.js';
import { KeyEntity } from './key.entity.js';
import { LoginAttemptEntity } from './login-attempt.entity.js';
import { MessageInboxEntity } from './message-inbox.entity.js';
import { NotificationEntity } from './notification.entity.js';
import { OutboxMessageEntity } from './outbox-message.entity.js';
import { PackEntity } from './pack.entity.js';
import { PackEnvironmentEntity } from './pack-environment.entity.js';
import { PackRegistryIndexEntity } from './pack-registry-index.entity.js';
import { PackTestExecutionEntity } from './pack-test-execution.entity.js';
import { PermissionAssignmentEntity } from './permission-assignment.entity.js';
import { PermissionSetEntity } from './permission-set.entity.js';
import { PermissionSetRoleAssignmentEntity } from './permission-set-role-assignment.entity.js';
import { PolicyEntity } from './policy.entity.js';
import { QueueStatsEntity } from './queue-stats.entity.js';
import { RetentionConfigEntity } from './retention-config.entity.js';
import { RuleEntity } from './rule.entity.js';
import { RuntimeEntity } from './runtime.entity.js';
import { RuntimeVersionEntity } from './runtime-version.entity.js';
import { SensorEntity } from './sensor.entity.js';
import { TriggerEntity } from './trigger.entity.js';
import { WebhookEventLogEntity } from './webhook-event-log.entity.js';
import { WorkerEntity } from './worker.entity.js';
import { WorkflowDefinitionEntity } from './workflow-definition.entity.js';
import { WorkflowExecutionEntity } from './workflow-execution.entity.js';
import { WorkflowTaskDispatchEntity } from './workflow-task-dispatch.entity.js';

/** Every entity class, for the data source. */
export const entities: (new () => object)[] = [
  PackEntity,
  PackRegistryIndexEntity,
  RuntimeEntity,
  RuntimeVersionEntity,
  IdentityEntity,
  PermissionSetEntity,
  PermissionAssignmentEntity,
  IdentityRoleAssignmentEntity,
  PermissionSetRoleAssignmentEntity,
  IntegrationTokenEntity,
  IdentityLinkEntity,
  LoginAttemptEntity,
  PolicyEntity,
  ActionEntity,
  TriggerEntity,
  SensorEntity,
  EventEntity,
  EnforcementEntity,
  WebhookEventLogEntity,
  RetentionConfigEntity,
  RuleEntity,
  WorkerEntity,
  ExecutionEntity,
  ExecutionSecretValueEntity,
  InquiryEntity,
  NotificationEntity,
  WorkflowDefinitionEntity,
  WorkflowExecutionEntity,
  WorkflowTaskDispatchEntity,
  KeyEntity,
  ArtifactEntity,
  ArtifactVersionEntity,
  QueueStatsEntity,
  ExecutionAdmissionStateEntity,
  ExecutionAdmissionEntryEntity,
  PackEnvironmentEntity,
  PackTestExecutionEntity,
  OutboxMessageEntity,
  MessageInboxEntity,
  DeadLetterEntity,
  DispatchEntity,
  AuditEventEntity,
];
