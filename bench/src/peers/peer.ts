import { type Pool } from 'pg';

/** Ends what was started. */
export type Stop = () => Promise<void>;

/** The side that has jobs done. */
export interface PeerClient {
  /** Resolves when the job is stored for good (where the caller runs it himself: when it is done). */
  addOne(): Promise<void>;
  /** Null: there is no such call. */
  readonly addBatch: ((jobs: number) => Promise<void>) | null;
  readonly stop: Stop;
}

/** A job queue or workflow library that runs on the same PostgreSQL. Client and worker are processes of their own. */
export interface Peer {
  /** Settings that differ from the defaults, for the report. */
  readonly settings: string;
  /** Creates its tables. */
  prepare(databaseUrl: string): Promise<void>;
  openClient(databaseUrl: string): Promise<PeerClient>;
  /** `onHandled` is called with how many jobs were just handled. Null: callers do the work themselves. */
  readonly startWorker: ((databaseUrl: string, onHandled: (jobs: number) => void) => Promise<Stop>) | null;
  /** Whether a job is stored that is not done. */
  hasUnfinished(database: Pool): Promise<boolean>;
}
