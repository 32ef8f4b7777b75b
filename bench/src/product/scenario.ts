import { type ApiClient, operations } from '@attune/contract';

/** A trigger with a webhook whose only rule runs one action. */
export interface Scenario {
  readonly triggerRef: string;
  readonly webhookKey: string;
}

export async function createScenario(client: ApiClient, name: string, actionRef: string): Promise<Scenario> {
  const triggerRef = `${BENCH_PACK}.${name}_called`;
  await client.call(operations.createTrigger, { body: { ref: triggerRef, pack_ref: BENCH_PACK, label: name } });
  const { webhook_key: key } = await client.call(operations.enableTriggerWebhook, { params: { ref: triggerRef } });
  if (typeof key !== 'string') throw new Error('the trigger has no webhook key');
  const rule = { ref: `${BENCH_PACK}.${name}`, pack_ref: BENCH_PACK, label: name };
  await client.call(operations.createRule, { body: { ...rule, trigger_ref: triggerRef, action_ref: actionRef } });
  return { triggerRef, webhookKey: key };
}

export const BENCH_PACK = 'bench';

export async function createBenchPack(client: ApiClient): Promise<void> {
  await client.call(operations.createPack, { body: { ref: BENCH_PACK, label: 'Bench', version: '1.0.0' } });
}
