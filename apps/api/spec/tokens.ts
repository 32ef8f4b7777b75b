import { type Platform, TokenSigner } from '@attune/common';
import { type TokenType } from '@attune/contract';
import { type JsonObject, packOf } from '@attune/engine';

interface Claims {
  readonly identityId?: number;
  readonly login: string;
  readonly type: TokenType;
  readonly scope?: string;
  readonly metadata?: JsonObject;
  readonly lifetimeSeconds?: number;
}

/** A token as services make them; of the first identity unless somebody else is named. */
export const signToken = (
  { config }: Platform,
  { identityId = 1, lifetimeSeconds = 600, ...claims }: Claims,
): Promise<string> => new TokenSigner(config.security.jwtSecret).sign({ identityId, lifetimeSeconds, ...claims });

/** A token of an execution with these permission sets, as a worker would make it. */
export const executionToken = (
  platform: Platform,
  executionId: number,
  sets: readonly string[],
  actionRef = 'demo.greet',
): Promise<string> => {
  const isStandard = sets.includes('standard');
  return signToken(platform, {
    login: `execution:${executionId}`,
    type: 'execution',
    scope: 'execution',
    metadata: {
      execution_id: executionId,
      action_ref: actionRef,
      permission_set_refs: sets,
      standard_access_action_refs: isStandard ? [actionRef] : [],
      standard_access_pack_refs: isStandard ? [packOf(actionRef)] : [],
    },
  });
};

/** A token of a sensor for these triggers. */
export const sensorToken = (platform: Platform, sensorRef: string, triggers: readonly string[]): Promise<string> =>
  signToken(platform, { login: sensorRef, type: 'sensor', scope: 'sensor', metadata: { trigger_types: triggers } });

/** A token a worker shows to the API. */
export const workerToken = (platform: Platform, workerId: number): Promise<string> =>
  signToken(platform, {
    login: `worker:${workerId}`,
    type: 'worker',
    scope: 'internal_files',
    metadata: { worker_id: workerId },
  });
