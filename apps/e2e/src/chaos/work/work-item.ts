/** Why a piece of work is offered; the report counts by it. */
export type WorkKind =
  | 'quick webhook'
  | 'failing webhook'
  | 'slow webhook'
  | 'filtered webhook'
  | 'limited webhook'
  | 'execution'
  | 'execution past its timeout'
  | 'cancelled execution'
  | 'cancelled limited execution';

interface Offered {
  /** From the start of the run. */
  readonly atMs: number;
  readonly kind: WorkKind;
  /** Travels with the payload or the parameters, so that the work is known again whatever became of the answer. */
  readonly marker: string;
  /** Which API is asked first; the other one when that one is not there. */
  readonly api: number;
}

/** A webhook call. */
export interface WebhookWork extends Offered {
  readonly type: 'webhook';
  /** Name of the trigger. */
  readonly trigger: string;
  readonly payload: Readonly<Record<string, string | number | boolean>>;
}

/** An action that is executed by hand. */
export interface ExecutionWork extends Offered {
  readonly type: 'execution';
  readonly action: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** When it is cancelled, from its acceptance; null: never. */
  readonly cancelAfterMs: number | null;
}

export type WorkItem = WebhookWork | ExecutionWork;
