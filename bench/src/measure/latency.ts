import { type Pool } from 'pg';
import { type LoadGenerator } from '../load/load-generator.js';
import { waitUntilDrained } from '../product/drained-executions.js';
import { type ProductUnderTest } from '../product/product-under-test.js';
import { type EventSource } from './event-source.js';

/** Milliseconds from when a request was due to when its execution was completed in the database. */
export interface Latency {
  readonly name: string;
  readonly perSecond: number;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * Sends at a fixed rate, answered or not, so that a slow moment is not hidden by sending less. Completion is read from the
 * rows afterwards: nobody looks while it runs. The clocks must be the same: load generator and PostgreSQL on one machine.
 */
export async function measureLatency(
  product: ProductUnderTest,
  generator: LoadGenerator,
  source: EventSource,
  { name, perSecond, samples }: { name: string; perSecond: number; samples: number },
): Promise<Latency> {
  const { request, connections } = source;
  const load = await generator.run({ request, connections, count: samples, perSecond });
  await waitUntilDrained(product.database, load.firstSentAt, samples);
  const completed = await completionTimes(product.database, load.firstSentAt);
  const times = load.sent.map(([eventId, sentAt]) => (completed.get(eventId) ?? NaN) - sentAt).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { name, perSecond, samples, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/** By event. */
async function completionTimes(database: Pool, since: number): Promise<Map<number, number>> {
  const { rows } = await database.query<{ event: number; completedAt: number }>(
    `select n.event::float8 as event, (extract(epoch from e.updated) * 1000)::float8 as "completedAt"
     from enforcement as n
     join execution as e on e.enforcement = n.id
     where n.created >= to_timestamp($1::float8 / 1000) and e.created >= to_timestamp($1::float8 / 1000)
       and e.status = 'completed'`,
    [Math.floor(since)], // ids, and so `created`, know whole milliseconds
  );
  return new Map(rows.map(({ event, completedAt }) => [event, completedAt]));
}
