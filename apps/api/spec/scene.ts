import { randomBytes } from 'node:crypto';
import { execute, insertEnforcements, registerWorker, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { PackSources } from './pack-sources.js';
import { createDemo } from './scenario.js';
import { type TestApi } from './test-api.js';
import { sensorToken } from './tokens.js';

/** One of everything a request may name. The pack is `demo`, its things are those of `createDemo`. */
export interface Scene {
  readonly api: TestApi;
  /** Requested, and nobody takes it up: an execution of `demo.greet`. */
  readonly execution: number;
  readonly event: number;
  readonly enforcement: number;
  readonly worker: number;
  /** A name nothing has yet. */
  readonly fresh: () => string;
  /** A server of pack archives and indices. */
  readonly sources: PackSources;
  close(): Promise<void>;
}

/** With these settings the API fetches packs from the server of the scene. */
export const SCENE_SETTINGS = {
  ATTUNE__PACK_REGISTRY__ALLOW_HTTP: 'true',
  ATTUNE__PACK_REGISTRY__ALLOWED_SOURCE_HOSTS: '127.0.0.1',
};

export async function createScene(api: TestApi): Promise<Scene> {
  const { trigger, rule } = await createDemo(api.admin);
  const execution = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
  const sensor = api.withToken(await sensorToken(api.platform, 'demo.sensor', [trigger.ref]));
  const event = await sensor.call(operations.createEvent, { body: { trigger_ref: trigger.ref } });
  const [enforcement = 0] = await insertEnforcements(api.dataSource, [
    { rule: rule.id, rule_ref: rule.ref, trigger_ref: trigger.ref, event: event.id },
  ]);
  // What somebody installed is hidden from whom no grant names it to; this pack came with the product.
  await execute(api.dataSource, sql`update pack as p set installed_by = null where p.ref = 'demo'`);
  await execute(
    api.dataSource,
    sql`
    insert into queue_stats (action_id, action_ref)
    select a.id, a.ref from action as a where a.ref = 'demo.greet'`,
  );
  const worker = await registerWorker(api.dataSource, { name: 'demo', worker_role: 'action', capabilities: {} });
  const fresh = () => `new-${randomBytes(6).toString('hex')}`;
  const sources = await PackSources.open();
  return {
    api,
    execution: execution.id,
    event: event.id,
    enforcement,
    worker,
    fresh,
    sources,
    close: async () => {
      await api.close();
      await sources.close();
    },
  };
}
