import { type Json, type JsonObject } from '@attune/engine';
import { type RunnableAction } from './sql/list-runnable-actions.sql.js';

/** An execution as placement sees it, stored already or about to be. Placement rules: null = the action's. */
export interface PlacementCandidate {
  /** Null: not stored yet. */
  readonly id: number | null;
  readonly actionRef: string;
  /** Absent: it is looked up. */
  readonly action?: RunnableAction;
  /** The parameters as they are stored, secrets redacted; null: none. */
  readonly config: JsonObject | null;
  /** The same, secrets in plain text: they are checked too. They must not leave the process. */
  readonly parameters: JsonObject;
  readonly workerSelector: Json;
  readonly workerTolerations: Json;
  readonly workerAffinity: Json;
  /** It has waited for room at a worker already; whoever has not overtakes nobody who does. */
  readonly hasWaitedForRoom: boolean;
  /** How long (ms) it has been waiting for a worker. */
  readonly waitedMs: number;
}
