import { type Finding } from '../checks/finding.js';
import { type Transport } from '../product/broker.js';

/** What a run did and what came of it. */
export interface ChaosReport {
  readonly seed: number;
  readonly minutes: number;
  readonly transport: Transport;
  readonly withPolicies: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  /** From the first start of a service to the last check. */
  readonly tookSeconds: number;
  /** Pieces of work by kind. */
  readonly offered: Readonly<Record<string, number>>;
  /** The same pieces by what became of the request. */
  readonly answers: Readonly<Record<string, number>>;
  /** Cancellations by their answer. */
  readonly cancellations: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** Starts that failed because PostgreSQL was away; they were tried again. */
  readonly failedStarts: number;
  /** Executions by their final status. */
  readonly executions: Readonly<Record<string, number>>;
  readonly invariants: readonly string[];
  readonly violations: readonly Finding[];
  /** Logs of the services and, after a violation, the history of what it names; null: nothing was worth keeping. */
  readonly folder: string | null;
}
