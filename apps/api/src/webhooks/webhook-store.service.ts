import { CallBatcher, type Database, SQLSTATE, sqlStateOf } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type EventToRecord, recordEvents } from '../events/sql/record-events.sql.js';
import { findWebhooks, type Webhook } from './sql/find-webhooks.sql.js';
import { logAccepted, type WebhookLogEntry } from './sql/webhook-log.sql.js';

/** An accepted request: its event, and what is remembered of it. */
export interface AcceptedRequest {
  readonly event: EventToRecord;
  readonly log: WebhookLogEntry;
}

/** Requests that share one statement and one commit at most. */
const GROUP = 500;

/** What requests to webhooks read and write. Those that come at the same moment share a round trip and a commit. */
@Injectable()
export class WebhookStore {
  private readonly lookups: CallBatcher<string, Webhook | null>;
  private readonly records: CallBatcher<AcceptedRequest, number>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.lookups = new CallBatcher({ maxItems: GROUP, run: (keys) => findWebhooks(dataSource, keys) });
    this.records = new CallBatcher({
      maxItems: GROUP,
      // Its trigger may have been deleted a moment ago.
      isAboutItem: (error) => isUnstorable(error) || sqlStateOf(error) === SQLSTATE.foreignKeyViolation,
      run: (requests) => recordRequests(dataSource, requests),
    });
  }

  /** The webhook with this key, or null. */
  find(key: string): Promise<Webhook | null> {
    return this.lookups.add(key);
  }

  /** Stores the event of an accepted request and gives its id. */
  record(request: AcceptedRequest): Promise<number> {
    return this.records.add(request);
  }

  /** The same in a transaction of the caller, who holds a lock that others wait for. */
  async recordIn(db: Database, request: AcceptedRequest): Promise<number> {
    const [id] = await recordRequests(db, [request]);
    if (id === undefined) throw new Error('a recorded event has an id');
    return id;
  }
}

function recordRequests(db: Database, requests: readonly AcceptedRequest[]): Promise<number[]> {
  return recordEvents(
    db,
    requests.map(({ event }) => event),
    logAccepted(requests.map(({ log }) => log)),
  );
}

/** Class 22 and 54: JSON that PostgreSQL cannot hold, such as text with a NUL or nested too deeply. */
export const isUnstorable = (error: unknown): boolean => /^(22|54)/.test(sqlStateOf(error) ?? '');
