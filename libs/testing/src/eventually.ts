import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 20;

/** Repeats `assertion` until it stops throwing and gives its result. After `timeoutMs` the last failure is thrown. */
export async function eventually<T>(assertion: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
    }
    await delay(PAUSE_MS);
  }
}
