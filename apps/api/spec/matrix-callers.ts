import { execute, sql } from '@attune/common';
import { createHolder } from './identities.js';
import { type Scene } from './scene.js';
import { executionToken, sensorToken, signToken, workerToken } from './tokens.js';

/** The columns of the permission matrix. */
export const CALLERS = [
  'none',
  'viewer',
  'executor',
  'editor',
  'admin',
  'execution',
  'sensor',
  'worker',
  'frozen',
  'expired',
] as const;
export type MatrixCaller = (typeof CALLERS)[number];

/**
 * What each caller shows. The three people and the administrator hold the set that is called like them; the execution names
 * `core.executor` and `standard`, the sensor is for `demo.called`; the last two would be administrators.
 */
export async function callerTokens({ api, execution, worker }: Scene): Promise<Record<MatrixCaller, string | null>> {
  const { platform } = api;
  const holder = (set: string) => createHolder(platform, `core.${set}`);
  const admin = await holder('admin');
  const frozen = await holder('admin');
  await execute(api.dataSource, sql`update identity as i set frozen = true where i.id = ${frozen.id}`);
  return {
    none: null,
    viewer: (await holder('viewer')).token,
    executor: (await holder('executor')).token,
    editor: (await holder('editor')).token,
    admin: admin.token,
    execution: await executionToken(platform, execution, ['core.executor', 'standard']),
    sensor: await sensorToken(platform, 'demo.sensor', ['demo.called']),
    worker: await workerToken(platform, worker),
    frozen: frozen.token,
    expired: await signToken(platform, {
      identityId: admin.id,
      login: admin.login,
      type: 'access',
      lifetimeSeconds: -3600,
    }),
  };
}
