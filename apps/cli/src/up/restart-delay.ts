const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** A process that lived this long (ms) is healthy again: the next death counts as the first. */
const HEALTHY_AFTER_MS = 60_000;

/** How long (ms) to wait before a restart after `failures` short lives in a row (1 = the first). */
export function restartDelayMs(failures: number, firstMs = FIRST_MS): number {
  return Math.min(LONGEST_MS, firstMs * 2 ** Math.max(0, failures - 1));
}

/** The number of failures in a row, this one included. */
export function countFailure(before: number, livedMs: number): number {
  return livedMs >= HEALTHY_AFTER_MS ? 1 : before + 1;
}
