/**
 * Pure decisions of Attune: no I/O, no clock, no randomness. The same input always gives the same output.
 *
 * The words, used the same way in code, SQL, API and UI:
 *
 * - **pack**: a named, versioned bundle of components. A **ref** names a pack (`core`) or a component (`core.echo`).
 * - **trigger**: a kind of occurrence. **sensor**: what watches the world and reports occurrences. **event**: one occurrence, immutable.
 * - **rule**: trigger + conditions + action + parameters. **enforcement**: the decision that one rule matched one event.
 * - **action**: something that can be run. **execution**: one attempt to run it. **workflow**: an action made of tasks.
 * - **requested → scheduled → running → completed**: wanted, given to a worker, started by it, ended well.
 * - **worker**: a service that runs actions. **cordoned**: gets no new work. **dispatch**: an execution waiting at its worker.
 * - **inquiry**: a question to a person that an execution waits for.
 * - **runtime**: what an action is written for (Python, shell …). **placement**: which worker an execution may go to.
 * - **flat schema**: parameters described by name, JSON Schema plus `required`, `secret` and `position` on each.
 * - **template**: text with `{{ expression }}`. **scope**: what the names in an expression stand for.
 * - **time id**: an id that carries the time its row was made.
 */
export { assertNever } from './assert-never.js';
export { type ConditionOperator, CONDITION_OPERATORS } from './condition-operators.js';
export {
  ENFORCEMENT_STATUSES,
  ENFORCEMENT_TRANSITIONS,
  type EnforcementStatus,
  isResolved,
} from './enforcement-state.js';
export { eventScope, type EventView } from './event-scope.js';
export {
  canMoveExecution,
  EXECUTION_STATUSES,
  EXECUTION_TRANSITIONS,
  executionPredecessors,
  type ExecutionSetter,
  type ExecutionStatus,
  type ExecutionTransition,
  isTerminal,
  LIVE_EXECUTION_STATUSES,
  type LiveExecutionStatus,
  TERMINAL_EXECUTION_STATUSES,
  type TerminalExecutionStatus,
} from './execution-state.js';
export { type BinaryOperator, type Expression } from './expression/ast.js';
export { evaluateExpression } from './expression/evaluator.js';
export { ExpressionError } from './expression/expression-error.js';
export { FUNCTION_NAMES } from './expression/functions.js';
export { MAX_EXPRESSION_LENGTH, MAX_NESTING, MAX_RANGE_LENGTH, MAX_RENDERED_LENGTH } from './expression/limits.js';
export { parseExpression } from './expression/parser.js';
export { resultView } from './expression/result-view.js';
export { type Scope, scopeOf, type TaskOutcome } from './expression/scope.js';
export {
  evaluateWhen,
  hasTemplate,
  parseTemplate,
  pureExpression,
  renderTemplate,
  type TemplatePart,
  templateProblems,
} from './expression/template.js';
export { isTruthy, typeOf, type TypeName } from './expression/values.js';
export {
  canonicalJson,
  compareText,
  fitsJsonSize,
  getOwn,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type Json,
  jsonEquals,
  type JsonObject,
  parseJson,
  stringifyJson,
  withRawNumbers,
} from './json.js';
export { pointerSegments, pointerStep, valueAtPath } from './json-path.js';
export { patternProblem, testPattern } from './linear-regex.js';
export { coerceParameters } from './parameters/coercion.js';
export { applyDefaults } from './parameters/defaults.js';
export { type JsonSchema, toJsonSchema } from './parameters/json-schema.js';
export {
  schemaProblem,
  type SchemaOutcome,
  type SchemaViolation,
  validateSchema,
} from './parameters/schema-validator.js';
export {
  holdsRedactedSecret,
  isRedactedSecret,
  misplacedSecrets,
  type Redaction,
  REDACTED_SECRET,
  redactForeignSecrets,
  redactSecrets,
  restoreSecrets,
  type SecretValue,
} from './parameters/secrets.js';
export {
  type ParameterOutcome,
  type ParameterOwner,
  prepareParameters,
  validateParameters,
  validateParameterTemplates,
} from './parameters/validation.js';
export { choosePolicy } from './policies/choose-policy.js';
export {
  type ActivationDecision,
  type Admission,
  type AdmissionDecision,
  decideActivations,
  decideAdmissions,
  MAX_QUEUE_LENGTH,
} from './policies/decide-admissions.js';
export {
  type PolicyLimits,
  type PolicyScope,
  type Quota,
  type RateLimit,
  readQuota,
  readRate,
} from './policies/execution-policy.js';
export { type GroupUsage, type StartSlice } from './policies/group-usage.js';
export { type GroupedParameters, policyGroupKey } from './policies/policy-group-key.js';
export { QUOTA_PERIODS, type QuotaPeriod } from './policies/quota-period.js';
export {
  isRef,
  labelOf,
  MAX_REF_LENGTH,
  packOf,
  parseComponentRef,
  qualifyRef,
  type RefKind,
  type RefProblem,
  refProblem,
} from './refs.js';
export { decideRetryDelay, MESSAGE_RETRY, type RetryPolicy } from './retry-delay.js';
export {
  type ConditionOutcome,
  type ConditionProblem,
  conditionProblems,
  evaluateConditions,
} from './rule-conditions.js';
export {
  type RenderedRuleParameters,
  renderRuleParameters,
  ruleParameterProblems,
  type RuleTemplateInput,
} from './rule-parameters.js';
export { secretParameterPointers } from './rule-secrets.js';
export {
  chooseWorker,
  HEARTBEAT_TIMEOUT_MS,
  isAlive,
  offersRuntime,
  type PlacementClock,
  type PlacementDecision,
  type PlacementRequirements,
  type PlacementWorker,
  readRuntimes,
} from './scheduling/placement.js';
export {
  NO_PLACEMENT_RULES,
  type PlacementRules,
  readLabels,
  readPlacementRules,
  readTaints,
  type Taint,
  type Toleration,
} from './scheduling/placement-rules.js';
export {
  type AvailableVersion,
  bestVersion,
  canonicalRuntime,
  compareVersions,
  isAnyVersion,
  isSameRuntime,
  RUNTIME_ALIASES,
  satisfiesVersion,
  versionConstraintProblem,
} from './scheduling/runtime-version.js';
export {
  createdRangeOf,
  firstTimeIdAt,
  isTimeId,
  TIME_ID_EPOCH_MS,
  TIME_IDS_PER_MS,
  timeIdCreatedIso,
  type TimeIdRange,
  timeIdRange,
  timeIdToMs,
} from './time-id.js';
export { actionsOfWorkflow, parseWorkflow, type WorkflowSource } from './workflows/parse-workflow.js';
export {
  type CancellationPolicy,
  type ItemsRule,
  type RetryRule,
  type TaskPlacement,
  type TaskWork,
  type Transition,
  type WorkflowDefinition,
  type WorkflowProblem,
  workflowProblemText,
  type WorkflowReading,
  type WorkflowTask,
} from './workflows/workflow-definition.js';
