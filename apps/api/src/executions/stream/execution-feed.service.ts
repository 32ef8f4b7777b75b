import { DatabaseListener, isConnectionLost, LOGGER, type Logger } from '@attune/common';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Announcement, readAnnouncements } from './execution-change.js';
import { type ChangedExecution, listChangedExecutions } from '../sql/list-changed-executions.sql.js';

/** Somebody who follows executions. */
export interface FeedSubscriber {
  /** Only this execution; null: all of them. */
  readonly executionId: number | null;
  /** Called one after the other, in the order of the changes. */
  readonly hear: (announcement: Announcement, execution: ChangedExecution) => void;
  /** Nothing more will come: changes were missed, or the service stops. Whoever wants more begins again. */
  readonly end: () => void;
}

/** Changes read together. */
const BATCH = 500;

/** Changes that may wait to be read. More come only while the database does not answer: then everybody begins again. */
const MAX_WAITING = 20_000;

/**
 * Hears of changes of executions and passes them on to everybody who follows them. One connection listens for all of them, and
 * the rows of a batch are read once, however many follow.
 */
@Injectable()
export class ExecutionFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly subscribers = new Set<FeedSubscriber>();
  private readonly waiting: Announcement[] = [];
  private work: Promise<void> | null = null;
  private stopListening: (() => void)[] = [];
  private isStopped = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(DatabaseListener) private readonly listener: DatabaseListener,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.stopListening = ['execution_created', 'execution_status_changed'].map((channel) =>
      this.listener.on(channel, (payload) => this.take(payload)),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    for (const stop of this.stopListening) stop();
    this.endAll();
    await this.work;
  }

  /** Gives the way out. */
  subscribe(subscriber: FeedSubscriber): () => void {
    if (this.isStopped) subscriber.end();
    else this.subscribers.add(subscriber);
    return () => void this.subscribers.delete(subscriber);
  }

  /** An empty payload: the connection was away, and what happened meanwhile is lost. */
  private take(payload: string): void {
    if (this.subscribers.size === 0) return;
    if (payload === '') {
      this.endAll();
      return;
    }
    const subscribers = [...this.subscribers];
    this.waiting.push(
      ...readAnnouncements(payload).filter(({ id }) =>
        subscribers.some(({ executionId }) => executionId === null || executionId === id),
      ),
    );
    if (this.waiting.length > MAX_WAITING) this.endAll();
    this.work ??= this.passOn().finally(() => (this.work = null));
  }

  private async passOn(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        const ids = [...new Set(batch.map(({ id }) => id))];
        const rows = new Map((await listChangedExecutions(this.dataSource, ids)).map((row) => [row.id, row]));
        for (const announcement of batch) this.tell(announcement, rows.get(announcement.id));
      } catch (error) {
        const level = isConnectionLost(error) ? 'debug' : 'warn';
        this.logger[level]({ err: error }, 'changes of executions could not be read; who follows them begins again');
        this.endAll();
      }
    }
  }

  private tell(announcement: Announcement, execution: ChangedExecution | undefined): void {
    if (!execution) return; // removed meanwhile
    for (const subscriber of [...this.subscribers]) {
      const { executionId } = subscriber;
      if (executionId === null || executionId === execution.id) subscriber.hear(announcement, execution);
    }
  }

  private endAll(): void {
    this.waiting.length = 0;
    for (const subscriber of [...this.subscribers]) subscriber.end();
    this.subscribers.clear();
  }
}
