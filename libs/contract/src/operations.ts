import { actionOperations } from './operations/actions.js';
import { authOperations } from './operations/auth.js';
import { enforcementOperations } from './operations/enforcements.js';
import { eventOperations } from './operations/events.js';
import { executionOperations } from './operations/executions.js';
import { healthOperations } from './operations/health.js';
import { identityOperations } from './operations/identities.js';
import { packOperations } from './operations/packs.js';
import { ruleOperations } from './operations/rules.js';
import { runtimeOperations } from './operations/runtimes.js';
import { triggerOperations } from './operations/triggers.js';
import { webhookOperations } from './operations/webhooks.js';
import { workerOperations } from './operations/workers.js';

/** The operations by area, in the order of the documentation. */
export const operationsByArea = {
  health: healthOperations,
  auth: authOperations,
  packs: packOperations,
  actions: actionOperations,
  triggers: triggerOperations,
  webhooks: webhookOperations,
  rules: ruleOperations,
  events: eventOperations,
  enforcements: enforcementOperations,
  executions: executionOperations,
  runtimes: runtimeOperations,
  workers: workerOperations,
  identities: identityOperations,
} as const;

/** Every operation of the API by its `operationId`. */
export const operations = {
  ...healthOperations,
  ...authOperations,
  ...packOperations,
  ...actionOperations,
  ...triggerOperations,
  ...webhookOperations,
  ...ruleOperations,
  ...eventOperations,
  ...enforcementOperations,
  ...executionOperations,
  ...runtimeOperations,
  ...workerOperations,
  ...identityOperations,
} as const;
