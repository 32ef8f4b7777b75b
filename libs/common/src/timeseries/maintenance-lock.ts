import pg from 'pg';
import { ADVISORY_LOCK } from '../database/advisory-locks.js';

/** How soon the server gives up a holder whose machine is gone without a word (its own default is two hours). */
const NOTICE_SILENCE = `
  set tcp_keepalives_idle = '5s';
  set tcp_keepalives_interval = '2s';
  set tcp_keepalives_count = 3`;

/**
 * Runs `work` while holding the session lock of maintenance, on a connection of its own: a connection of the pool might be
 * handed to somebody else with the lock still on it. Gives undefined, at once, when another process holds it.
 */
export async function withMaintenanceLock<T>(url: string, work: () => Promise<T>): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url, application_name: 'attune-maintenance', keepAlive: true });
  client.on('error', () => undefined); // the lock is gone then; what runs is safe to do twice
  try {
    await client.connect();
    await client.query(NOTICE_SILENCE);
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      ADVISORY_LOCK.maintenance,
    ]);
    return rows[0]?.locked === true ? await work() : undefined;
  } finally {
    await client.end().catch(() => undefined); // ends the lock, too
  }
}
