import { type AnyOperation, operations, operationsByArea as areas } from '@attune/contract';

/**
 * Operations of the contract that this version has no engine for. They take part in everything else: tokens are
 * checked, and what a request says is read.
 */
export const unavailableOperations: readonly AnyOperation[] = [
  areas.agent,
  areas.analytics,
  areas.artifacts,
  areas.artifactVersions,
  areas.audit,
  areas.history,
  areas.inquiries,
  areas.internalFiles,
  areas.packIndices,
  areas.packTests,
  areas.retentionConfig,
  areas.sensorLogs,
  areas.sensors,
  areas.workQueues,
  areas.workflows,
]
  .flatMap((area) => Object.values<AnyOperation>(area))
  .concat([
    operations.beginOidcLogin,
    operations.buildPackEnvironments,
    operations.changePassword,
    operations.createInternalSensorToken,
    operations.createRuntime,
    operations.createSensorToken,
    operations.deleteRuntime,
    operations.downloadPacks,
    operations.finishOidcLogin,
    operations.getAuthSettings,
    operations.getPackDependencies,
    operations.installPack,
    operations.logInWithLdap,
    operations.logInWithToken,
    operations.logOut,
    operations.register,
    operations.registerPack,
    operations.registerPacks,
    operations.streamExecutionLog,
    operations.streamExecutions,
    operations.updateCurrentUser,
    operations.updateRuntime,
    operations.uploadPack,
  ]);
