import { type MigrationInterface } from 'typeorm';
import { InitialSetup1767225600001 } from './1767225600001-initial-setup.js';
import { PackSystem1767225600002 } from './1767225600002-pack-system.js';
import { IdentityAndAuth1767225600003 } from './1767225600003-identity-and-auth.js';
import { TriggersEventsActions1767225600004 } from './1767225600004-triggers-events-actions.js';
import { ExecutionsAndOperations1767225600005 } from './1767225600005-executions-and-operations.js';
import { WorkflowSystem1767225600006 } from './1767225600006-workflow-system.js';
import { SupportingSystems1767225600007 } from './1767225600007-supporting-systems.js';
import { NotifyTriggers1767225600008 } from './1767225600008-notify-triggers.js';
import { TimeSeriesHistory1767225600009 } from './1767225600009-time-series-history.js';
import { ExecutionHypertable1767225600010 } from './1767225600010-execution-hypertable.js';
import { PolicyAdmission1767225600011 } from './1767225600011-policy-admission.js';
import { MessageInbox1767225600012 } from './1767225600012-message-inbox.js';
import { EngineThroughput1767225600013 } from './1767225600013-engine-throughput.js';
import { AuditLog1767225600014 } from './1767225600014-audit-log.js';
import { SignIn1767225600015 } from './1767225600015-sign-in.js';
import { QuickNotifications1767225600016 } from './1767225600016-quick-notifications.js';
import { ExecutionAncestors1767225600017 } from './1767225600017-execution-ancestors.js';
import { RetentionConfig1767225600018 } from './1767225600018-retention-config.js';
import { ExecutionAudit1767225600019 } from './1767225600019-execution-audit.js';

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
  TimeSeriesHistory1767225600009,
  ExecutionHypertable1767225600010,
  PolicyAdmission1767225600011,
  MessageInbox1767225600012,
  EngineThroughput1767225600013,
  AuditLog1767225600014,
  SignIn1767225600015,
  QuickNotifications1767225600016,
  ExecutionAncestors1767225600017,
  RetentionConfig1767225600018,
  ExecutionAudit1767225600019,
];

export {
  compareVersions,
  type DatabaseKind,
  DatabaseNotReadyError,
  OLDEST_TIMESCALEDB,
  TIMESCALEDB_SETTING,
} from './time-series/database-kind.js';
export { HOURLY_AGGREGATES, type HourlyAggregate } from './time-series/hourly-aggregates.js';
export {
  chunksAhead,
  chunkStart,
  defaultPartition,
  missingPartitions,
  type Partition,
} from './time-series/partitions.js';
export { TIME_SERIES_TABLES, type TimeSeriesTable } from './time-series/tables.js';
