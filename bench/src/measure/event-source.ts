import { type LoadRequest } from '../load/load-command.js';
import { type ProductUnderTest } from '../product/product-under-test.js';
import { type Scenario } from '../product/scenario.js';
import { signSensorToken } from '../product/sensor-token.js';

/** One way to bring events in. */
export interface EventSource {
  readonly name: string;
  readonly request: LoadRequest;
  readonly eventsPerRequest: number;
  readonly connections: number;
}

const PAYLOAD = { message: 'bench' };

/** One event a request. */
export function webhookSource({ port }: ProductUnderTest, scenario: Scenario, connections: number): EventSource {
  const path = `/api/v1/webhooks/${scenario.webhookKey}`;
  const request = { port, path, headers: {}, body: JSON.stringify({ payload: PAYLOAD }) };
  return { name: `webhook, ${connections} connections`, request, eventsPerRequest: 1, connections };
}

/** Many events a request, as a sensor sends them; null where the product has no such operation. */
export async function batchSource(
  product: ProductUnderTest,
  scenario: Scenario,
  { events, connections }: { events: number; connections: number },
): Promise<EventSource | null> {
  const { jwtSecret, administratorId: identityId, port } = product;
  const token = await signSensorToken(jwtSecret, { identityId, triggerRefs: [scenario.triggerRef] });
  const headers = { authorization: `Bearer ${token}` };
  const path = '/api/v1/events/batch';
  const probe = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{"events":[]}',
  });
  if (probe.status === 404 || probe.status === 405) return null;
  const event = { trigger_ref: scenario.triggerRef, payload: PAYLOAD };
  const body = JSON.stringify({ events: Array.from({ length: events }, () => event) });
  const request = { port, path, headers, body };
  return { name: `batches of ${events}, ${connections} connections`, request, eventsPerRequest: events, connections };
}
