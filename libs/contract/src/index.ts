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
export { IdentityResponse, IdentityRoleAssignmentResponse, IdentitySummary } from './models/identities.js';
export {
  CreatePackRequest,
  PackDescriptionPatch,
  PackResponse,
  PackSummary,
  UpdatePackRequest,
} from './models/packs.js';
export {
  ArtifactVisibility,
  EffectivePermissionResponse,
  ExecutionScopeConstraint,
  Grant,
  GrantConstraints,
  OwnerConstraint,
  OwnerType,
  PermissionAssignmentResponse,
  RbacAction,
  RbacResource,
} from './models/permissions.js';
export {
  LabelExpressionOperator,
  PreferredWorkerSelectorTerm,
  TaintEffect,
  TolerationOperator,
  WorkerAffinity,
  WorkerLabelExpression,
  WorkerSelectorTerm,
  WorkerToleration,
} from './models/placement.js';
export { LogRetentionLimitPatch, LogRetentionPolicyPatch, RetentionPolicyType } from './models/retention.js';
export { CreateRuleRequest, RuleResponse, RuleSummary, UpdateRuleRequest } from './models/rules.js';
export { RuntimeResponse, RuntimeSummary } from './models/runtimes.js';
export {
  CreateTriggerRequest,
  TriggerJsonPatch,
  TriggerResponse,
  TriggerStringPatch,
  TriggerSummary,
  UpdateTriggerRequest,
} from './models/triggers.js';
export { WebhookEventConfig, WebhookReceiverRequest, WebhookReceiverResponse } from './models/webhooks.js';
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
