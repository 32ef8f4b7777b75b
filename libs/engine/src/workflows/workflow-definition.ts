import { type Json, type JsonObject } from '../json.js';

/**
 * A workflow that was read and found to be right: what a conductor works with. Templates and expressions are the texts of the
 * author, each of which can be parsed; defaults are filled in and legacy keys are transitions.
 */
export interface WorkflowDefinition {
  /** Initial variables; texts in them are rendered once, at the start. */
  readonly vars: JsonObject;
  /** In the order of the file. */
  readonly tasks: readonly WorkflowTask[];
  /** Names of the tasks that start at once, in the order of the file. */
  readonly entries: readonly string[];
  /** Name of a result → template. Null: the result says only that it succeeded. */
  readonly outputMap: JsonObject | null;
  readonly cancellationPolicy: CancellationPolicy;
}

/** What becomes of what runs when the workflow is cancelled: it is left to finish, or stopped. */
export type CancellationPolicy = 'allow_finish' | 'cancel_running';

/** A place in the graph. */
export interface WorkflowTask extends TaskWork {
  /** How many different tasks must have come here. Null: the first arrival starts it. */
  readonly join: number | null;
  /** Every one that matches fires, in this order. */
  readonly transitions: readonly Transition[];
  /** Run side by side as `<task>.<sub-task>`; null: the task is an action. */
  readonly parallel: readonly TaskWork[] | null;
}

/** What a task does, wherever it stands. */
export interface TaskWork {
  readonly name: string;
  /** Null exactly when the task is a parallel one. */
  readonly action: string | null;
  /** Name → template. Null: it gets the parameters of the workflow that its action declares. */
  readonly input: JsonObject | null;
  /** Looked at just before the start; when it is false the task is skipped. Null: always. */
  readonly when: string | null;
  readonly items: ItemsRule | null;
  readonly retry: RetryRule | null;
  /** Seconds to wait before the start, or a template that gives them. */
  readonly delay: number | string;
  /** Of each attempt; null: as its action says. */
  readonly timeoutSeconds: number | null;
  /** Refs or templates of refs. Null: as the action says; empty: no token. */
  readonly permissionSetRefs: readonly string[] | null;
  readonly placement: TaskPlacement;
}

/** The task is done once for each item. */
export interface ItemsRule {
  /** An expression, bare or in `{{ }}`. */
  readonly items: string;
  /** Items are handed over in chunks of this size; null: one by one. */
  readonly batchSize: number | null;
  /** Chunks at work at the same time. */
  readonly concurrency: number;
}

export interface RetryRule {
  /** Further attempts. */
  readonly count: number;
  readonly delaySeconds: number;
  readonly backoff: 'constant' | 'linear' | 'exponential';
  readonly maxDelaySeconds: number | null;
  /** Tried again only where it holds; null: always. */
  readonly onError: string | null;
}

/** Templates; null: as the action says. Empty: anywhere. */
export interface TaskPlacement {
  readonly selector: Json;
  readonly tolerations: Json;
  readonly affinity: Json;
}

/** What may follow a task. */
export interface Transition {
  /** An expression, bare or in `{{ }}`. Null: always. */
  readonly when: string | null;
  /** In this order; later ones see the earlier. */
  readonly publish: readonly { readonly name: string; readonly value: Json }[];
  /** Names of tasks. */
  readonly targets: readonly string[];
  /** One of several branches, of which only the first that matches fires. */
  readonly isBranch: boolean;
}

/** Something wrong, or not as its author may think, at one place of a definition. */
export interface WorkflowProblem {
  /** Keys of maps and indexes of lists, from the outside in; empty: the definition as a whole. */
  readonly path: readonly (string | number)[];
  /** Follows the name of the place: `must be text`. */
  readonly message: string;
}

/** The definition, unless there are problems, and everything that could be said about it. */
export type WorkflowReading =
  | {
      readonly definition: WorkflowDefinition;
      readonly problems: readonly [];
      readonly warnings: readonly WorkflowProblem[];
    }
  | {
      readonly definition: null;
      readonly problems: readonly WorkflowProblem[];
      readonly warnings: readonly WorkflowProblem[];
    };

/** `tasks[0].next[1].do: must be text`. */
export function workflowProblemText({ path, message }: WorkflowProblem): string {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return place === '' ? message : `${place.replace(/^\./, '')}: ${message}`;
}
