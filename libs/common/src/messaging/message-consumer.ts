import { type EntityManager } from 'typeorm';
import { type Message } from './sql/take-messages.sql.js';
import { type QueueName } from './topics.js';

export interface ConsumerOptions {
  readonly queue: QueueName;
  /** Messages taken at most in one transaction. */
  readonly batchSize: number;
  /** How long (ms) to wait for a wake-up before looking again. */
  readonly pollIntervalMs: number;
  /** Does what the messages ask for, through `db`: their removal and this effect commit together. */
  readonly handle: (db: EntityManager, messages: readonly Message[]) => Promise<void>;
  /** Awaited before each batch; it may hold back the next one for a moment. Resolves at once when aborted. */
  readonly untilReady?: (signal: AbortSignal) => Promise<void>;
  /** Marks the entity of a message that is given up, in the transaction that buries it. */
  readonly giveUp?: (db: EntityManager, message: Message, error: string) => Promise<void>;
}

/** Works off one queue, whatever carries the messages. `start` and `stop` may be called twice. */
export interface MessageConsumer {
  start(): void;
  /** Takes nothing new and resolves when the batch in hand is committed or rolled back. */
  stop(): Promise<void>;
  /** Handles one batch now; gives the number of messages taken. For tests and for draining. */
  consumeOnce(): Promise<number>;
}
