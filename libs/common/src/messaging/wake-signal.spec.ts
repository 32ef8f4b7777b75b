import { WakeSignal } from './wake-signal.js';

describe('WakeSignal', () => {
  const forever = 2 ** 31 - 1;
  const never = new AbortController().signal;

  it('wakes a sleeper', async () => {
    const signal = new WakeSignal();
    const asleep = signal.sleep(forever, never);
    signal.wake();
    await asleep;
  });

  it('keeps a wake-up that came while nobody slept, once', async () => {
    const signal = new WakeSignal();
    signal.wake();
    signal.wake();
    await signal.sleep(forever, never);
    let awake = false;
    const asleep = signal.sleep(forever, never).then(() => (awake = true));
    await Promise.resolve();
    expect(awake).toBe(false);
    signal.wake();
    await asleep;
  });

  it('does not sleep once it is stopped', async () => {
    const stop = new AbortController();
    const asleep = new WakeSignal().sleep(forever, stop.signal);
    stop.abort();
    await asleep;
    await new WakeSignal().sleep(forever, stop.signal);
  });
});
