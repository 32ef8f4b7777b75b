import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { type Logger } from '../logging/logger.js';

export interface SessionLockOptions {
  readonly url: string;
  readonly logger: Logger;
  /** What the lock stands for, and the seed of its meaning (`ADVISORY_LOCK_SEED`). */
  readonly name: string;
  readonly seed: number;
  /** How long (ms) a holder is waited for: the session of a process that was just killed lives a moment longer. */
  readonly patienceMs: number;
  /** The lock is held again after the connection was lost. */
  readonly onRegained?: () => void;
  /** Somebody else took the lock while the connection was lost. It is not tried again. */
  readonly onTaken?: () => void;
}

/** The connection that has, or had, the lock. `since`: exact text, because a process id may come again. */
interface Session {
  readonly pid: number;
  readonly since: string;
}

const PAUSE_MS = 50;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * An advisory lock that a process holds for its life, on a connection outside the pool: a pooled one might be handed to
 * somebody else, or closed, with the lock on it. After a lost connection it is taken again.
 *
 * States: held ⇄ regaining → taken | released. While it is being regained nobody else may hold it, or somebody may: `isHeld`
 * is false.
 */
export class SessionLock {
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isOver = false;
  private session: Session | undefined;

  private constructor(private readonly options: SessionLockOptions) {}

  /** Null: another session holds it. @throws Error when the database cannot be reached */
  static async acquire(options: SessionLockOptions): Promise<SessionLock | null> {
    const lock = new SessionLock(options);
    return (await lock.take()) ? lock : null;
  }

  get isHeld(): boolean {
    return this.client !== undefined;
  }

  async release(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.retry);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined); // the lock goes with the connection
  }

  private async take(): Promise<boolean> {
    const { url, name, seed, patienceMs } = this.options;
    const client = new pg.Client({ connectionString: url, application_name: 'attune-lock', keepAlive: true });
    client.on('error', () => undefined); // always followed by 'end'
    try {
      await client.connect();
      // The lock of a machine that lost its network is free again after half a minute, not after the system's two hours.
      await client.query(
        'set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set idle_session_timeout = 0',
      );
      // The server may not have noticed that our own last connection is lost.
      if (this.session !== undefined) await endSession(client, this.session);
      const deadline = performance.now() + patienceMs;
      while (!(await tryLock(client, name, seed))) {
        if (performance.now() >= deadline) {
          await client.end();
          return false;
        }
        await delay(PAUSE_MS);
      }
      this.session = await sessionOf(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once('end', () => this.regainLater(FIRST_RETRY_MS));
    this.client = client;
    if (this.isOver) await this.release();
    return true;
  }

  private regainLater(afterMs: number): void {
    this.client = undefined;
    if (this.isOver) return;
    this.retry = setTimeout(() => void this.regain(afterMs), afterMs);
  }

  private async regain(waitedMs: number): Promise<void> {
    const { logger, name, onRegained, onTaken } = this.options;
    try {
      if (await this.take()) {
        if (this.isHeld) onRegained?.();
        return;
      }
    } catch (error) {
      logger.debug({ err: error, lock: name }, 'cannot take the lock again yet');
      this.regainLater(Math.min(waitedMs * 2, LONGEST_RETRY_MS));
      return;
    }
    this.isOver = true;
    onTaken?.();
  }
}

async function tryLock(client: pg.Client, name: string, seed: number): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, $2)) as held',
    [name, seed],
  );
  return rows[0]?.held === true;
}

async function sessionOf(client: pg.Client): Promise<Session | undefined> {
  const { rows } = await client.query<Session>(
    'select a.pid, a.backend_start::text as since from pg_stat_activity as a where a.pid = pg_backend_pid()',
  );
  return rows[0];
}

async function endSession(client: pg.Client, { pid, since }: Session): Promise<void> {
  await client.query(
    'select pg_terminate_backend(a.pid) from pg_stat_activity as a where a.pid = $1 and a.backend_start = $2::timestamptz',
    [pid, since],
  );
}
