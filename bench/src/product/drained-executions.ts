import { setTimeout as delay } from 'node:timers/promises';
import { type Pool } from 'pg';

/** Longest time (ms) without one more completed execution. */
const STALL_MS = 120_000;
const POLL_MS = 100;

/**
 * Waits until nothing is left to do. What it asks meanwhile costs next to nothing, so it may ask often.
 * @returns when the last execution created since `since` was completed; both in ms since 1970, by the database's clock
 * @throws Error when executions are missing or did not complete, or when the product stands still
 */
export async function waitUntilDrained(database: Pool, since: number, expected: number): Promise<number> {
  let open = Infinity;
  let movedAt = performance.now();
  for (;;) {
    const now = await countOpenWork(database, since);
    if (now === 0) break;
    if (now !== open) movedAt = performance.now();
    if (performance.now() - movedAt > STALL_MS) throw new Error(`the product stands still with ${now} open executions`);
    open = now;
    await delay(POLL_MS);
  }
  const { rows } = await database.query<{ count: number; endedAt: number }>(
    `select count(*)::int as count, (extract(epoch from max(e.updated)) * 1000)::float8 as "endedAt"
     from execution as e
     where e.created >= to_timestamp($1::float8 / 1000) and e.status = 'completed'`,
    [Math.floor(since)], // ids, and so `created`, know whole milliseconds
  );
  const { count = 0, endedAt = NaN } = rows[0] ?? {};
  if (count !== expected) throw new Error(`${count} executions are completed, of ${expected}`);
  return endedAt;
}

/** Messages count as one, because their number is only known by reading them. */
async function countOpenWork(database: Pool, since: number): Promise<number> {
  const { rows } = await database.query<{ open: number }>(
    `select (
       (select count(*) from execution as e
        where e.created >= to_timestamp($1::float8 / 1000)
          and e.status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling'))
       + (exists (select from outbox_message as m))::int
     )::int as open`,
    [Math.floor(since)], // ids, and so `created`, know whole milliseconds
  );
  return rows[0]?.open ?? 0;
}
