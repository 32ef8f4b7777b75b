import { type Logger } from '@attune/common';
import { type JsonObject } from '@attune/engine';

/** An execution that failed before it reached a worker. */
export interface RefusedExecution {
  readonly executionId: number;
  readonly actionRef: string;
  readonly result: JsonObject;
}

/** One line for each reason: a flood for an action that cannot run must not become a flood of lines. */
export function logRefusals(logger: Logger, refused: readonly RefusedExecution[]): void {
  const refusals = refused.map(({ executionId, actionRef, result }) => ({
    executionId,
    actionRef,
    reason: result['message'] ?? result['error'],
  }));
  const groups = Map.groupBy(refusals, ({ actionRef, reason }) => JSON.stringify([actionRef, reason]));
  for (const [first, ...others] of groups.values()) {
    logger.info({ ...first, others: others.length }, 'execution refused');
  }
}
