import { type AnyOperation, operations, operationsByArea as areas } from '@attune/contract';

/**
 * Operations of the contract that this version has no engine for. They take part in everything else: tokens are
 * checked, and what a request says is read.
 */
export const unavailableOperations: readonly AnyOperation[] = [
  areas.agent,
  areas.artifacts,
  areas.artifactVersions,
  areas.internalFiles,
  areas.sensorLogs,
  areas.workQueues,
]
  .flatMap((area) => Object.values<AnyOperation>(area))
  .concat([operations.streamExecutionLog]);
