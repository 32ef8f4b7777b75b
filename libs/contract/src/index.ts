export {
  type ApiClient,
  type CallInput,
  type CallOptions,
  type CallResult,
  type ClientSettings,
  createClient,
} from './client.js';
export { contractModels, type FieldPatch, type ModelEntry, type ModelKind } from './define.js';
export { type DataEnvelope, type Page, PaginationMeta, SuccessResponse } from './envelopes.js';
export { ApiError, ApiUnreachableError, AuthErrorBody, type ErrorCode, errorCodes, ErrorResponse } from './errors.js';
export {
  ActionResponse,
  ActionSearchHit,
  ActionSummary,
  CreateActionRequest,
  QueueStatsResponse,
  RuntimeVersionConstraintPatch,
  UpdateActionRequest,
} from './models/actions.js';
export { AgentArchInfo, AgentBinaryInfo, AgentErrorResponse } from './models/agent.js';
export {
  DashboardAnalyticsResponse,
  EnforcementVolumeResponse,
  EventVolumeResponse,
  ExecutionStatusTimeSeriesResponse,
  ExecutionThroughputResponse,
  FailureRateResponse,
  TimeSeriesPoint,
  WorkerStatusTimeSeriesResponse,
} from './models/analytics.js';
export {
  AllocateFileVersionByRefRequest,
  ArtifactVersionResponse,
  ArtifactVersionSummary,
  CreateFileVersionRequest,
  CreateVersionJsonRequest,
} from './models/artifact-versions.js';
export {
  AppendProgressRequest,
  ArtifactJsonPatch,
  ArtifactResponse,
  ArtifactStringPatch,
  ArtifactSummary,
  ArtifactType,
  CreateArtifactRequest,
  SetDataRequest,
  UpdateArtifactRequest,
} from './models/artifacts.js';
export { AuditCategory, AuditEventResponse, AuditEventSummary, AuditOutcome } from './models/audit.js';
export {
  CurrentUserResponse,
  JwtClaims,
  LoginRequest,
  ProviderProfileResponse,
  RefreshTokenRequest,
  TokenResponse,
  TokenType,
  UserInfo,
} from './models/auth.js';
export {
  EnforcementCondition,
  EnforcementResponse,
  EnforcementStatus,
  EnforcementSummary,
} from './models/enforcements.js';
export {
  CreatedEvents,
  CreateEventRequest,
  CreateEventsRequest,
  EventResponse,
  EventSummary,
} from './models/events.js';
export {
  CreateExecutionRequest,
  ExecutionResponse,
  ExecutionStats,
  ExecutionStatus,
  ExecutionSummary,
  WorkflowTaskMetadata,
} from './models/executions.js';
export { DatabaseKind, HealthBasic, HealthResponse, HealthUnavailable } from './models/health.js';
export { HistoryEntityType, HistoryRecordResponse, HistoryValueDigest } from './models/history.js';
export {
  CreateIdentityRequest,
  CreateIdentityRoleAssignmentRequest,
  IdentityResponse,
  IdentityRoleAssignmentResponse,
  IdentitySummary,
  UpdateIdentityRequest,
} from './models/identities.js';
export {
  CreateInquiryRequest,
  InquiryRespondRequest,
  InquiryResponse,
  InquiryStatus,
  InquirySummary,
  UpdateInquiryRequest,
} from './models/inquiries.js';
export {
  CreateIntegrationTokenRequest,
  CreateIntegrationTokenResponse,
  IntegrationTokenResponse,
  RevokeIntegrationTokenRequest,
} from './models/integration-tokens.js';
export { CreateKeyRequest, KeyResponse, KeySummary, UpdateKeyRequest } from './models/keys.js';
export {
  NotificationType,
  NotifierStats,
  NotifyArtifactPayload,
  NotifyEnforcementPayload,
  NotifyEventPayload,
  NotifyExecutionPayload,
  NotifyInquiryPayload,
  NotifyWorkflowExecutionPayload,
  NotifyWorkQueueItemPayload,
  NotifyWorkQueuePayload,
  WsError,
  WsNotification,
  WsPing,
  WsSubscribe,
  WsUnsubscribe,
  WsWelcome,
} from './models/notifications.js';
export {
  AnalyzedPack,
  DependencyError,
  GetPackDependenciesRequest,
  GetPackDependenciesResponse,
  NodeJsRequirements,
  PackDependency,
  PythonRequirements,
  RuntimeRequirements,
} from './models/pack-dependencies.js';
export {
  BuildPackEnvsRequest,
  BuildPackEnvsResponse,
  BuildSummary,
  BuiltEnvironment,
  Environments,
  FailedEnvironment,
  NodeJsEnvironment,
  PythonEnvironment,
} from './models/pack-environments.js';
export {
  ComponentSummary,
  CreatePackRegistryIndexRequest,
  IndexedPackResponse,
  InstallSource,
  PackContents,
  PackDependencies,
  PackIndexEntry,
  PackMeta,
  PackRegistryIndexResponse,
  PackRegistryIndexSummary,
  UpdatePackRegistryIndexRequest,
} from './models/pack-indices.js';
export {
  ComponentCounts,
  DownloadedPack,
  DownloadPacksRequest,
  DownloadPacksResponse,
  FailedPack,
  FailedPackRegistration,
  InstallPackRequest,
  PackInstallResponse,
  RegisteredPack,
  RegisterPackRequest,
  RegisterPacksRequest,
  RegisterPacksResponse,
  RegistrationSummary,
  TestResult,
  ValidationResults,
} from './models/pack-installs.js';
export { PackTestExecution, PackTestResult, TestCaseResult, TestStatus, TestSuiteResult } from './models/pack-tests.js';
export {
  CreatePackRequest,
  PackDescriptionPatch,
  PackResponse,
  PackSummary,
  UpdatePackRequest,
} from './models/packs.js';
export { FlatSchemaProperty, RedactedSecret } from './models/parameters.js';
export { NullableJsonPatch, NullableStringPatch } from './models/patches.js';
export {
  ArtifactVisibility,
  CreatePermissionAssignmentRequest,
  CreatePermissionSetRoleAssignmentRequest,
  EffectivePermissionResponse,
  ExecutionScopeConstraint,
  Grant,
  GrantConstraints,
  OwnerConstraint,
  OwnerType,
  PermissionAssignmentResponse,
  PermissionSetRoleAssignmentResponse,
  PermissionSetSummary,
  RbacAction,
  RbacResource,
  UpdatePermissionSetRequest,
} from './models/permissions.js';
export {
  LabelExpressionOperator,
  PreferredWorkerSelectorTerm,
  TaintEffect,
  TolerationOperator,
  WorkerAffinity,
  WorkerLabelExpression,
  WorkerSelectorTerm,
  WorkerTaint,
  WorkerToleration,
} from './models/placement.js';
export { RetentionConfig, RetentionTargetConfig, RetentionTargetsConfig } from './models/retention-config.js';
export { LogRetentionLimitPatch, LogRetentionPolicyPatch, RetentionPolicyType } from './models/retention.js';
export { CreateRuleRequest, RuleResponse, RuleSummary, UpdateRuleRequest } from './models/rules.js';
export { CreateRuntimeRequest, RuntimeResponse, RuntimeSummary, UpdateRuntimeRequest } from './models/runtimes.js';
export {
  CreateSensorRequest,
  SensorJsonPatch,
  SensorLogEntry,
  SensorLogSummary,
  SensorResponse,
  SensorSummary,
  UpdateSensorRequest,
} from './models/sensors.js';
export {
  CreateSensorTokenRequest,
  JwtExecutionMetadata,
  JwtIntegrationRefreshMetadata,
  JwtSensorMetadata,
  JwtWorkerMetadata,
  SensorTokenResponse,
} from './models/service-tokens.js';
export {
  AuthSettingsResponse,
  ChangePasswordRequest,
  LdapLoginRequest,
  RegisterRequest,
  TokenLoginRequest,
  UpdateCurrentUserRequest,
} from './models/sign-in.js';
export {
  CreateTriggerRequest,
  TriggerJsonPatch,
  TriggerResponse,
  TriggerStringPatch,
  TriggerSummary,
  UpdateTriggerRequest,
} from './models/triggers.js';
export {
  TriggerWebhookConfig,
  WebhookEventConfig,
  WebhookHmac,
  WebhookIpWhitelist,
  WebhookRateLimit,
  WebhookReceiverRequest,
  WebhookReceiverResponse,
} from './models/webhooks.js';
export {
  EnqueueWorkQueueItemRequest,
  UpdateWorkQueueItemRequest,
  WorkQueueAck,
  WorkQueueAckItem,
  WorkQueueAckItemStatus,
  WorkQueueItemResponse,
  WorkQueueItemStatus,
} from './models/work-queue-items.js';
export {
  CreateWorkQueueRequest,
  ResolvedWorkQueueDispatchTuningResponse,
  UpdateWorkQueueRequest,
  WorkQueueAckContractConfig,
  WorkQueueBatchCoalescingConfig,
  WorkQueueBatchMode,
  WorkQueueConfig,
  WorkQueueDispatchConfig,
  WorkQueueResponse,
  WorkQueueSummary,
  WorkQueueTunableSource,
  WorkQueueTunableValue,
  WorkQueueUpdateStrategy,
} from './models/work-queues.js';
export {
  CordonWorkerRequest,
  WorkerHealthState,
  WorkerLoadSnapshot,
  WorkerRole,
  WorkerRuntimeSupport,
  WorkerStatus,
  WorkerSummary,
  WorkerType,
} from './models/workers.js';
export {
  CreateWorkflowRequest,
  PackWorkflowSyncResponse,
  PackWorkflowValidationResponse,
  SaveWorkflowFileRequest,
  UpdateWorkflowRequest,
  WorkflowResponse,
  WorkflowSummary,
  WorkflowSyncResult,
} from './models/workflows.js';
export { createOpenApiDocument } from './openapi.js';
export {
  type AnyOperation,
  anyToken,
  defineOperation,
  type Method,
  type Operation,
  type OperationAuth,
  type OperationDefinition,
  type Success,
} from './operation.js';
export { operations, operationsByArea } from './operations.js';
