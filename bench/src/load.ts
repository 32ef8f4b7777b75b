import { type ProductUnderTest } from './product-under-test.js';

export interface Throughput {
  readonly events: number;
  /** Accepted posts per second, while posting. */
  readonly postsPerSecond: number;
  /** Events per second from the first post to the last completed execution. */
  readonly completedPerSecond: number;
}

export interface Latency {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Posts `events` over `connections` keep-alive connections and waits until all their executions are completed. */
export async function measureThroughput(
  product: ProductUnderTest,
  events: number,
  connections: number,
): Promise<Throughput> {
  const before = await completedExecutions(product);
  const started = performance.now();
  let next = 0;
  const poster = async (): Promise<void> => {
    while (next++ < events) await post(product);
  };
  await Promise.all(Array.from({ length: connections }, poster));
  const posted = performance.now();
  while ((await completedExecutions(product)) - before < events) await pause(20);
  const completed = performance.now();
  return {
    events,
    postsPerSecond: (events / (posted - started)) * 1000,
    completedPerSecond: (events / (completed - started)) * 1000,
  };
}

/** From sending one webhook to its execution being completed in the database, on an otherwise idle product. */
export async function measureIdleLatency(product: ProductUnderTest, samples: number): Promise<Latency> {
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const started = performance.now();
    const eventId = await post(product);
    while (!(await isCompleted(product, eventId))) await pause(1);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { samples, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

async function post({ webhookUrl }: ProductUnderTest): Promise<number> {
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"payload":{"message":"bench"}}',
  });
  if (response.status !== 200) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
  const { data } = (await response.json()) as { data: { event_id: number } };
  return data.event_id;
}

async function completedExecutions({ database }: ProductUnderTest): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int as count
     from execution as e
     where e.status = 'completed' and e.created >= now() - interval '1 day'`,
  );
  return rows[0]?.count ?? 0;
}

async function isCompleted({ database }: ProductUnderTest, eventId: number): Promise<boolean> {
  const { rows } = await database.query(
    `select 1
     from enforcement as n
     join execution as e on e.enforcement = n.id
     where n.event = $1 and e.status = 'completed'
       and n.created >= time_id_created($1) and e.created >= time_id_created($1)`,
    [eventId],
  );
  return rows.length > 0;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
