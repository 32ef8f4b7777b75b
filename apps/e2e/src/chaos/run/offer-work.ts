import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@attune/contract';
import { type InstalledPack } from '../product/install-chaos-pack.js';
import { type ExecutionWork, type WebhookWork, type WorkItem } from '../work/work-item.js';
import { type Answer, type Offer } from './offer.js';
import { type RetryingClient } from './retrying-client.js';

/** Offers each piece of work at its time, whether the earlier ones were answered or not. Resolves when all are. */
export async function offerWork(
  work: readonly WorkItem[],
  client: RetryingClient,
  pack: InstalledPack,
): Promise<Offer[]> {
  const started = performance.now();
  return Promise.all(
    work.map(async (item) => {
      await delay(item.atMs - (performance.now() - started));
      return item.type === 'webhook' ? postWebhook(item, client, pack) : execute(item, client);
    }),
  );
}

async function postWebhook(item: WebhookWork, client: RetryingClient, pack: InstalledPack): Promise<Offer> {
  const answer = await client.send(item.api, async (api, signal) => {
    const { event_id: id } = await api.call(operations.receiveWebhook, {
      params: { webhook_key: pack.webhookKeys.get(item.trigger) ?? '' },
      query: {},
      body: { payload: item.payload },
      signal,
    });
    return { id, status: 'accepted' };
  });
  return { item, answer, cancellation: null };
}

async function execute(item: ExecutionWork, client: RetryingClient): Promise<Offer> {
  const answer = await client.send(item.api, (api, signal) =>
    api.call(operations.executeAction, {
      body: { action_ref: item.action, parameters: item.parameters },
      signal,
    }),
  );
  return { item, answer, cancellation: await cancel(item, answer, client) };
}

/** Null also when nobody knows whether there is anything to cancel. */
async function cancel(item: ExecutionWork, answer: Answer, client: RetryingClient): Promise<Answer | null> {
  if (item.cancelAfterMs === null || answer.outcome !== 'accepted') return null;
  await delay(item.cancelAfterMs);
  const cancellation = await client.send(item.api + 1, (api, signal) =>
    api.call(operations.cancelExecution, { params: { id: answer.id }, signal }),
  );
  const isTooLate = cancellation.outcome === 'refused' && cancellation.reason.startsWith('409 ');
  return isTooLate ? null : cancellation;
}
