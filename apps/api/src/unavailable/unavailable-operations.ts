import { type AnyOperation, operations, operationsByArea as areas } from '@attune/contract';

/**
 * Operations of the contract that this version has no engine for. They take part in everything else: tokens are
 * checked, and what a request says is read.
 */
export const unavailableOperations: readonly AnyOperation[] = [
  areas.agent,
  areas.artifacts,
  areas.artifactVersions,
  areas.audit,
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
    operations.beginOidcLogin,
    operations.changePassword,
    operations.createIdentity,
    operations.createInternalSensorToken,
    operations.createSensorToken,
    operations.deleteIdentity,
    operations.finishOidcLogin,
    operations.freezeIdentity,
    operations.getAuthSettings,
    operations.logInWithLdap,
    operations.logInWithToken,
    operations.logOut,
    operations.register,
    operations.removeIdentityRole,
    operations.streamExecutionLog,
    operations.unfreezeIdentity,
    operations.updateCurrentUser,
    operations.updateIdentity,
  ]);
