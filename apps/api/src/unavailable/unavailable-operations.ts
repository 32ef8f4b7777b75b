import { type AnyOperation, operations, operationsByArea as areas } from '@attune/contract';

/**
 * Operations of the contract that this version has no engine for. They take part in everything else: tokens are
 * checked, and what a request says is read.
 */
export const unavailableOperations: readonly AnyOperation[] = [
  areas.agent,
  areas.artifacts,
  areas.artifactVersions,
  areas.integrationTokens,
  areas.internalFiles,
  areas.keys,
  areas.permissions,
  areas.sensorLogs,
  areas.workQueues,
]
  .flatMap((area) => Object.values<AnyOperation>(area))
  .concat([
    operations.addIdentityRole,
    operations.createIdentity,
    operations.deleteIdentity,
    operations.freezeIdentity,
    operations.removeIdentityRole,
    operations.streamExecutionLog,
    operations.unfreezeIdentity,
    operations.updateIdentity,
  ]);
