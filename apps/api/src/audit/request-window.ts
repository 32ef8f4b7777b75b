import { type CreatedWindow } from '@attune/common';
import { requestTimeOf } from '../http/request-id.js';

const HOUR_MS = 3_600_000;

/** How far apart the clocks of this process and of the database may be. */
const CLOCK_SKEW_MS = HOUR_MS;

/** Longest request: a stream ends with its token. */
const LONGEST_REQUEST_MS = 24 * HOUR_MS;

/** When what a request did was written, at most: the time is in its id. Null: the id is none of ours. */
export function requestWindow(requestId: string): CreatedWindow | null {
  const startMs = requestTimeOf(requestId);
  if (startMs === undefined) return null;
  return { fromMs: startMs - CLOCK_SKEW_MS, toMs: startMs + LONGEST_REQUEST_MS + CLOCK_SKEW_MS };
}
