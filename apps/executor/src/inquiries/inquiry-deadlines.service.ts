import { cancelInquiries, type EndedInquiry, publish, timeOutInquiries } from '@attune/common';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { listOpenInquiries } from './sql/list-open-inquiries.sql.js';
import { listPointlessInquiries } from './sql/list-pointless-inquiries.sql.js';

/** Inquiries dealt with in one transaction. */
const BATCH = 500;

/**
 * Ends questions nobody will answer, with the message for what waits for them. Each change is compare-and-set and passes over
 * rows that somebody else holds, so an answer at the same moment wins or loses cleanly, and any number of processes may look at once.
 */
@Injectable()
export class InquiryDeadlinesService {
  constructor(private readonly dataSource: DataSource) {}

  /** Times out what is overdue; gives how many. */
  async timeOut(): Promise<number> {
    let total = 0;
    for (;;) {
      const ended = await this.dataSource.transaction(async (db) => {
        const overdue = await timeOutInquiries(db, BATCH);
        await announce(db, overdue, 'timeout');
        return overdue.length;
      });
      total += ended;
      if (ended < BATCH) return total;
    }
  }

  /** Cancels the open questions of executions that have ended; gives how many. */
  async cancelPointless(): Promise<number> {
    let total = 0;
    let after = 0;
    for (;;) {
      const open = await listOpenInquiries(this.dataSource, after, BATCH);
      const pointless = await listPointlessInquiries(this.dataSource, open);
      if (pointless.length > 0) total += await this.cancel(pointless);
      const last = open.at(-1);
      if (last === undefined || open.length < BATCH) return total;
      after = last.id;
    }
  }

  private cancel(ids: readonly number[]): Promise<number> {
    return this.dataSource.transaction(async (db) => {
      const cancelled = await cancelInquiries(db, ids);
      await announce(db, cancelled, 'cancelled');
      return cancelled.length;
    });
  }
}

async function announce(
  db: EntityManager,
  inquiries: readonly EndedInquiry[],
  status: 'timeout' | 'cancelled',
): Promise<void> {
  await publish(
    db,
    inquiries.map(({ id, execution }) => ({
      topic: 'inquiry.responded',
      payload: { inquiry_id: id, execution_id: execution, status },
    })),
  );
}
