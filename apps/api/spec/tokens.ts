import { type Platform, TokenSigner } from '@attune/common';

/** A token of an execution with these permission sets, as a worker would make it. */
export const executionToken = ({ config }: Platform, executionId: number, sets: readonly string[]): Promise<string> =>
  new TokenSigner(config.security.jwtSecret).sign({
    identityId: 1,
    login: `execution:${executionId}`,
    type: 'execution',
    scope: 'execution',
    lifetimeSeconds: 60,
    metadata: { execution_id: executionId, action_ref: 'demo.greet', permission_set_refs: sets },
  });

/** A token of a sensor for these triggers. */
export const sensorToken = ({ config }: Platform, sensorRef: string, triggers: readonly string[]): Promise<string> =>
  new TokenSigner(config.security.jwtSecret).sign({
    identityId: 1,
    login: sensorRef,
    type: 'sensor',
    scope: 'sensor',
    lifetimeSeconds: 60,
    metadata: { trigger_types: triggers },
  });
