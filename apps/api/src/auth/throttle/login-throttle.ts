import { CONFIG, type Config, DomainError, LOGGER, type Logger } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type HttpExchange } from '../../http/exchange.js';
import { countAttempt } from './sql/count-attempt.sql.js';
import { findWait } from './sql/find-wait.sql.js';
import { isKnownAddress } from './sql/is-known-address.sql.js';
import { refundAttempt } from './sql/refund-attempt.sql.js';
import { rememberAddress } from './sql/remember-address.sql.js';
import { type Attempt, type Bucket, bucketsOf, ThrottleKeys } from './throttle-buckets.js';

/**
 * Slows down guessing. An attempt is counted before it is looked at, in buckets that leak, and taken back unless it
 * fails: many at once get no further than one after the other. The counts are rows, so they hold for all processes and across
 * restarts.
 */
@Injectable()
export class LoginThrottle {
  private readonly keys: ThrottleKeys;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.keys = new ThrottleKeys(config.security.jwtSecret);
  }

  /**
   * Does `verify` unless too many attempts failed. A failure is `auth.unauthenticated`; any other error counts nothing.
   * @throws DomainError auth.rate_limited, with Retry-After on the answer
   */
  async guard<T>(http: HttpExchange, login: string | null, verify: () => Promise<T>): Promise<T> {
    if (!this.settings.enabled) return verify();
    const attempt = { login, ip: http.ip };
    const buckets = await this.count(http, attempt);
    try {
      const result = await verify();
      if (login !== null) await rememberAddress(this.dataSource, this.keys.of('known', attempt));
      await this.refund(buckets);
      return result;
    } catch (error) {
      if (!isFailure(error)) await this.refund(buckets);
      throw error;
    }
  }

  /**
   * Counts something that costs us work whether it succeeds or not.
   * @throws DomainError auth.rate_limited
   */
  async charge(http: HttpExchange): Promise<void> {
    if (this.settings.enabled) await this.count(http, { login: null, ip: http.ip });
  }

  private get settings() {
    return this.config.security.loginThrottle;
  }

  private async count(http: HttpExchange, attempt: Attempt): Promise<readonly Bucket[]> {
    const { dataSource, keys, settings } = this;
    const isKnown = attempt.login !== null && (await isKnownAddress(dataSource, keys.of('known', attempt)));
    const buckets = bucketsOf(attempt, settings, { keys, isKnown });
    if (buckets.length === 0) return buckets;
    const isCounted = await this.countInAll(buckets);
    if (isCounted) return buckets;
    const seconds = Math.max(1, Math.ceil(await findWait(dataSource, buckets, settings.windowSeconds)));
    this.logger.info({ ip: http.ip, retryAfterSeconds: seconds }, 'login attempt refused: too many failures');
    http.setHeader('retry-after', String(seconds));
    throw new DomainError('auth.rate_limited', `Too many failed attempts: try again in ${seconds} s`);
  }

  /** In all of them or in none: an attempt that is refused does not count, or trying again would prolong the wait. */
  private async countInAll(buckets: readonly Bucket[]): Promise<boolean> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const counted = await countAttempt(runner.manager, buckets, this.settings.windowSeconds);
      const hasRoom = counted.length === buckets.length;
      await (hasRoom ? runner.commitTransaction() : runner.rollbackTransaction());
      return hasRoom;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async refund(buckets: readonly Bucket[]): Promise<void> {
    if (buckets.length > 0) await refundAttempt(this.dataSource, buckets, this.settings.windowSeconds);
  }
}

const isFailure = (error: unknown): boolean => error instanceof DomainError && error.code === 'auth.unauthenticated';
