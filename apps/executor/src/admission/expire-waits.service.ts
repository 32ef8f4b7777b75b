import { LOGGER, type Logger, publish } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { queueTimeoutResult } from './admission-results.js';
import { expireWaits, listOverdueWaits } from './sql/expire-waiting.sql.js';

/** Executions ended in one transaction; the rest comes with the next look. */
const BATCH = 500;

/** Fails executions that wait for a slot of a policy for longer than its `queue_timeout`. */
@Injectable()
export class ExpireWaitsService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Gives how many. */
  async expire(): Promise<number> {
    const expired = await this.dataSource.transaction(async (db) => {
      const overdue = await listOverdueWaits(db, BATCH);
      const ids = await expireWaits(
        db,
        overdue.map((wait) => ({ id: wait.execution, result: queueTimeoutResult(wait) })),
      );
      await publish(
        db,
        ids.map((id) => ({ topic: 'execution.completed', payload: { execution_id: id } })),
      );
      return ids.length;
    });
    if (expired > 0) this.logger.warn({ executions: expired }, 'executions waited too long for their policy');
    return expired;
  }
}
