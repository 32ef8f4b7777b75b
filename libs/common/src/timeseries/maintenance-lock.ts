import { hostname } from 'node:os';
import pg from 'pg';
import { ADVISORY_LOCK } from '../database/advisory-locks.js';

/** How soon the server gives up a holder whose machine is gone without a word (its own default is two hours). */
const NOTICE_SILENCE = `
  set tcp_keepalives_idle = '5s';
  set tcp_keepalives_interval = '2s';
  set tcp_keepalives_count = 3;
  set idle_session_timeout = 0`;

/**
 * The session lock of the one process that does the maintenance, on a connection of its own: one of the pool might be handed
 * to somebody else with the lock still on it. It is kept between two rounds, so that whoever looks sees who does the work, and
 * it ends with the process: the server notices a killed one at once. Of two that both believe to hold it (the connection of one
 * was lost) both may work; every step may run twice.
 *
 * States: free → (hold) held → (connection lost) free → … → (release) free.
 */
export class MaintenanceLock {
  private client: pg.Client | undefined;

  constructor(
    private readonly url: string,
    private readonly onLost: () => void = () => undefined,
  ) {}

  /** True: it is held now, or still. False: another process holds it. @throws Error when the database cannot be reached */
  async hold(): Promise<boolean> {
    if (this.client !== undefined) return true;
    const client = new pg.Client({
      connectionString: this.url,
      // Cut off by the server after 63 bytes; the process comes first.
      application_name: `attune-maintenance ${process.pid}@${hostname()}`,
      keepAlive: true,
    });
    client.on('error', () => undefined); // always followed by 'end'
    try {
      await client.connect();
      await client.query(NOTICE_SILENCE);
      const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
        ADVISORY_LOCK.maintenance,
      ]);
      if (rows[0]?.locked === true) this.client = client;
    } finally {
      if (this.client !== client) await client.end().catch(() => undefined);
    }
    client.once('end', () => this.forget(client));
    return this.client === client;
  }

  async release(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined); // ends the lock, too
  }

  private forget(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.onLost();
  }
}
