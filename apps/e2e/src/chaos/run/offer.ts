import { type WorkItem } from '../work/work-item.js';

/**
 * What became of a request. `accepted`: a 2xx, it must be there. `unknown`: it may have arrived, so it is there once or not at
 * all. `unsent`: no API was there to take it, so it is not there. `refused`: an answer that no fault explains.
 */
export type Answer =
  | { readonly outcome: 'accepted'; readonly id: number; readonly status: string }
  | { readonly outcome: 'unknown' | 'unsent' | 'refused'; readonly reason: string };

/** One piece of work with its answers. */
export interface Offer {
  readonly item: WorkItem;
  /** Its id is that of the event or of the execution. */
  readonly answer: Answer;
  /** Null: it was not cancelled. */
  readonly cancellation: Answer | null;
}
