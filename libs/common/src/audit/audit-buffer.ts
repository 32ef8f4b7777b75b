import { setTimeout as delay } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { sqlStateOf } from '../database/sqlstate.js';
import { messageOf } from '../errors/domain-error.js';
import { type Logger } from '../logging/logger.js';
import { WakeSignal } from '../messaging/wake-signal.js';
import { type NewAuditEvent } from './audit-event.js';
import { reserveAuditIds } from './sql/reserve-audit-ids.sql.js';
import { storeAuditBatch } from './sql/store-audit-batch.sql.js';

export interface AuditBufferOptions {
  /** Rows stored in one statement at most; so many are stored at once. @default 256 */
  readonly batchSize?: number;
  /** How long (ms) fewer rows wait for company. @default 200 */
  readonly lingerMs?: number;
  /** Rows that may wait. Above it `room` makes callers wait. @default 10_000 */
  readonly capacity?: number;
  /** How long (ms) `stop` goes on trying. @default 5_000 */
  readonly stopTimeoutMs?: number;
}

interface WaitingEvent {
  readonly event: NewAuditEvent;
  /** On the monotonic clock of this process. */
  readonly happenedAt: number;
  /** Reserved for it. */
  id: number | undefined;
  /** It may be stored already, although nobody said so. */
  isTried: boolean;
}

/** Pause (ms) after a failure; doubles up to the second, or the third once there is little time. */
const RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
const MAX_STOPPING_RETRY_MS = 500;

/** Classes of SQLSTATE that are about a row, which would then fail for ever. */
const ABOUT_A_ROW = /^(22|23|54)/;

/**
 * Stores audit events off the path of what they tell of. What was taken is stored once, however often the database goes
 * away: ids are reserved before the rows are written, so a row whose first writing nobody heard of is recognised.
 *
 * Bounded: when the database is away and the buffer is full, whoever must be audited waits in `room`, because what is not in
 * the log is worse than what is late. Rows that cannot be stored before the process ends go into its own log, whole, as
 * the last resort.
 * States: idle → (add) running → (stop) stopped. `stop` may be called twice.
 */
export class AuditBuffer {
  private waiting: WaitingEvent[] = [];
  private readonly wake = new WakeSignal();
  private readonly stopping = new AbortController();
  private readonly roomSeekers = new Set<() => void>();
  private loop: Promise<void> | undefined;
  /** In a row. */
  private failures = 0;
  /** Why it failed last. */
  private lastError: unknown;
  private readonly options: Required<AuditBufferOptions>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
    options: AuditBufferOptions = {},
  ) {
    this.options = { batchSize: 256, lingerMs: 200, capacity: 10_000, stopTimeoutMs: 5_000, ...options };
  }

  /** Never waits and never refuses: whoever can still turn back has asked for room before. */
  add(event: NewAuditEvent): void {
    this.waiting.push({ event, happenedAt: performance.now(), id: undefined, isTried: false });
    this.loop ??= this.storeAll();
    if (this.waiting.length >= this.options.batchSize) this.wake.wake();
  }

  get hasRoom(): boolean {
    return this.waiting.length < this.options.capacity;
  }

  /** Resolves when there is room, with true; with false when there was none for `waitMs`. */
  async room(waitMs: number): Promise<boolean> {
    if (this.hasRoom) return true;
    return new Promise<boolean>((resolve) => {
      const settle = (hasRoom: boolean): void => {
        clearTimeout(timer);
        this.roomSeekers.delete(found);
        resolve(hasRoom);
      };
      const found = (): void => settle(true);
      const timer = setTimeout(() => settle(false), waitMs);
      this.roomSeekers.add(found);
    });
  }

  /** Stores what waits, at once; gives up after `stopTimeoutMs`. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const done = new AbortController();
    const over = delay(this.options.stopTimeoutMs, undefined, { signal: done.signal }).catch(() => undefined);
    await Promise.race([this.loop, over]);
    done.abort();
    for (const { event } of this.waiting) {
      this.logger.error({ err: this.lastError, auditEvent: event }, 'an audit event could not be stored');
    }
    this.waiting = [];
  }

  private async storeAll(): Promise<void> {
    const { batchSize, lingerMs } = this.options;
    while (this.waiting.length > 0) {
      if (this.waiting.length < batchSize && this.failures === 0) {
        await this.wake.sleep(lingerMs, this.stopping.signal);
      }
      await this.storeSafely(this.waiting.slice(0, batchSize));
    }
    this.loop = undefined;
  }

  /** What was stored leaves the buffer; what was not stays. */
  private async storeSafely(batch: readonly WaitingEvent[]): Promise<void> {
    try {
      await this.store(batch);
      if (this.failures > 0) this.logger.info('audit events are stored again');
      this.failures = 0;
    } catch (error) {
      if (!ABOUT_A_ROW.test(sqlStateOf(error) ?? '')) return this.pauseAfter(error);
      const [first] = batch;
      if (batch.length > 1) {
        for (const one of batch) await this.storeSafely([one]);
      } else if (first) {
        this.logger.error({ err: error, auditEvent: first.event }, 'an audit event could not be stored');
        this.release(batch);
      }
    }
  }

  private async store(batch: readonly WaitingEvent[]): Promise<void> {
    await this.reserveIds(batch.filter(({ id }) => id === undefined));
    const rows = batch.flatMap(({ event, id }) => (id === undefined ? [] : [{ ...event, id }]));
    const wasTried = new Set(batch.filter(({ isTried }) => isTried));
    for (const one of batch) one.isTried = true;
    const stored = await storeAuditBatch(this.dataSource, rows);
    for (const one of batch) {
      if (one.id !== undefined && (stored.has(one.id) || wasTried.has(one))) continue;
      // Somebody else had its id: it gets another one.
      one.id = undefined;
      one.isTried = false;
    }
    this.release(batch.filter(({ id }) => id !== undefined));
  }

  private async reserveIds(fresh: readonly WaitingEvent[]): Promise<void> {
    if (fresh.length === 0) return;
    const now = performance.now();
    const ids = await reserveAuditIds(
      this.dataSource,
      fresh.map(({ happenedAt }) => now - happenedAt),
    );
    fresh.forEach((one, index) => (one.id = ids[index]));
  }

  private release(done: readonly WaitingEvent[]): void {
    const gone = new Set(done);
    this.waiting = this.waiting.filter((one) => !gone.has(one));
    if (this.hasRoom) for (const found of [...this.roomSeekers]) found();
  }

  private async pauseAfter(error: unknown): Promise<void> {
    this.failures += 1;
    this.lastError = error;
    const fields = { reason: messageOf(error), waiting: this.waiting.length };
    if (this.failures === 1) this.logger.warn(fields, 'audit events cannot be stored now; trying again');
    else this.logger.debug(fields, 'audit events still cannot be stored');
    const longest = this.stopping.signal.aborted ? MAX_STOPPING_RETRY_MS : MAX_RETRY_MS;
    await delay(Math.min(RETRY_MS * 2 ** Math.min(this.failures - 1, 10), longest));
  }
}
