/** When something that failed for a passing reason is tried again. */
export interface RetryPolicy {
  /** Wait before the first repetition, ms. */
  readonly firstDelayMs: number;
  readonly factor: number;
  /** Longest wait, ms. */
  readonly maxDelayMs: number;
  /** Tries in all, the first included. */
  readonly maxAttempts: number;
}

/** 1 s, 2 s, 4 s … 60 s, ten tries: what messages get. */
export const MESSAGE_RETRY: RetryPolicy = { firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000, maxAttempts: 10 };

/** The wait in ms after `attempts` failed tries (1-based), or null when no try is left. */
export function decideRetryDelay(attempts: number, policy: RetryPolicy = MESSAGE_RETRY): number | null {
  if (attempts >= policy.maxAttempts) return null;
  return Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** Math.max(0, attempts - 1));
}
