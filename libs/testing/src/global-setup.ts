import { TestRun, type TestRunOptions } from './test-run.js';

/** Setup and teardown may be two instances of this module. */
const holder = globalThis as typeof globalThis & { attuneTestRun?: TestRun | undefined };

/** For `jest.global-setup.mjs`: `export default createGlobalSetup({ migrations })`. Servers start when the first spec needs one. */
export function createGlobalSetup(options: TestRunOptions): () => Promise<void> {
  return async () => {
    const run = new TestRun(options);
    holder.attuneTestRun = run;
    await run.start();
  };
}

/** Ends what the setup started. Safe to call when there was none. */
export async function teardownTestRun(): Promise<void> {
  const run = holder.attuneTestRun;
  holder.attuneTestRun = undefined;
  await run?.stop();
}
