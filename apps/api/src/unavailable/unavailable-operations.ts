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
  areas.packIndices,
  areas.packTests,
  areas.permissions,
  areas.sensorLogs,
  areas.workQueues,
]
  .flatMap((area) => Object.values<AnyOperation>(area))
  .concat([
    operations.addIdentityRole,
    operations.beginOidcLogin,
    operations.buildPackEnvironments,
    operations.changePassword,
    operations.createIdentity,
    operations.createInternalSensorToken,
    operations.createSensorToken,
    operations.deleteIdentity,
    operations.downloadPacks,
    operations.finishOidcLogin,
    operations.freezeIdentity,
    operations.getAuthSettings,
    operations.getPackDependencies,
    operations.installPack,
    operations.logInWithLdap,
    operations.logInWithToken,
    operations.logOut,
    operations.register,
    operations.registerPack,
    operations.registerPacks,
    operations.removeIdentityRole,
    operations.streamExecutionLog,
    operations.unfreezeIdentity,
    operations.updateCurrentUser,
    operations.updateIdentity,
    operations.uploadPack,
  ]);
