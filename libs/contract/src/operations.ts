import { actionOperations } from './operations/actions.js';
import { agentOperations } from './operations/agent.js';
import { analyticsOperations } from './operations/analytics.js';
import { artifactVersionOperations } from './operations/artifact-versions.js';
import { artifactOperations } from './operations/artifacts.js';
import { auditOperations } from './operations/audit.js';
import { authOperations } from './operations/auth.js';
import { enforcementOperations } from './operations/enforcements.js';
import { eventOperations } from './operations/events.js';
import { executionOperations } from './operations/executions.js';
import { healthOperations } from './operations/health.js';
import { historyOperations } from './operations/history.js';
import { identityOperations } from './operations/identities.js';
import { inquiryOperations } from './operations/inquiries.js';
import { integrationTokenOperations } from './operations/integration-tokens.js';
import { internalFileOperations } from './operations/internal-files.js';
import { keyOperations } from './operations/keys.js';
import { packIndexOperations } from './operations/pack-indices.js';
import { packTestOperations } from './operations/pack-tests.js';
import { packOperations } from './operations/packs.js';
import { permissionOperations } from './operations/permissions.js';
import { retentionConfigOperations } from './operations/retention-config.js';
import { ruleOperations } from './operations/rules.js';
import { runtimeOperations } from './operations/runtimes.js';
import { sensorLogOperations } from './operations/sensor-logs.js';
import { sensorOperations } from './operations/sensors.js';
import { triggerOperations } from './operations/triggers.js';
import { webhookOperations } from './operations/webhooks.js';
import { workQueueOperations } from './operations/work-queues.js';
import { workerOperations } from './operations/workers.js';
import { workflowOperations } from './operations/workflows.js';

/** The operations by area, in the order of the documentation. */
export const operationsByArea = {
  health: healthOperations,
  auth: authOperations,
  packs: packOperations,
  packIndices: packIndexOperations,
  packTests: packTestOperations,
  actions: actionOperations,
  workflows: workflowOperations,
  triggers: triggerOperations,
  sensors: sensorOperations,
  sensorLogs: sensorLogOperations,
  webhooks: webhookOperations,
  rules: ruleOperations,
  events: eventOperations,
  enforcements: enforcementOperations,
  executions: executionOperations,
  inquiries: inquiryOperations,
  artifacts: artifactOperations,
  artifactVersions: artifactVersionOperations,
  workQueues: workQueueOperations,
  keys: keyOperations,
  runtimes: runtimeOperations,
  workers: workerOperations,
  agent: agentOperations,
  internalFiles: internalFileOperations,
  analytics: analyticsOperations,
  history: historyOperations,
  audit: auditOperations,
  retentionConfig: retentionConfigOperations,
  identities: identityOperations,
  integrationTokens: integrationTokenOperations,
  permissions: permissionOperations,
} as const;

/** Every operation of the API by its `operationId`. */
export const operations = {
  ...healthOperations,
  ...authOperations,
  ...packOperations,
  ...packIndexOperations,
  ...packTestOperations,
  ...actionOperations,
  ...workflowOperations,
  ...triggerOperations,
  ...sensorOperations,
  ...sensorLogOperations,
  ...webhookOperations,
  ...ruleOperations,
  ...eventOperations,
  ...enforcementOperations,
  ...executionOperations,
  ...inquiryOperations,
  ...artifactOperations,
  ...artifactVersionOperations,
  ...workQueueOperations,
  ...keyOperations,
  ...runtimeOperations,
  ...workerOperations,
  ...agentOperations,
  ...internalFileOperations,
  ...analyticsOperations,
  ...historyOperations,
  ...auditOperations,
  ...retentionConfigOperations,
  ...identityOperations,
  ...integrationTokenOperations,
  ...permissionOperations,
} as const;
