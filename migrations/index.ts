import { type MigrationInterface } from 'typeorm';
import { InitialSetup1767225600001 } from './1767225600001-initial-setup.js';
import { PackSystem1767225600002 } from './1767225600002-pack-system.js';
import { IdentityAndAuth1767225600003 } from './1767225600003-identity-and-auth.js';
import { TriggersEventsActions1767225600004 } from './1767225600004-triggers-events-actions.js';
import { ExecutionsAndOperations1767225600005 } from './1767225600005-executions-and-operations.js';
import { WorkflowSystem1767225600006 } from './1767225600006-workflow-system.js';
import { SupportingSystems1767225600007 } from './1767225600007-supporting-systems.js';
import { NotifyTriggers1767225600008 } from './1767225600008-notify-triggers.js';

/** Every migration, in the order in which they run. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  InitialSetup1767225600001,
  PackSystem1767225600002,
  IdentityAndAuth1767225600003,
  TriggersEventsActions1767225600004,
  ExecutionsAndOperations1767225600005,
  WorkflowSystem1767225600006,
  SupportingSystems1767225600007,
  NotifyTriggers1767225600008,
];
