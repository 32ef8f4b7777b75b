import { eventually } from '@attune/testing';
import { pino } from 'pino';
import { createWorkerFixture, someWorker, waiting, type WorkerFixture } from '../worker-fixture.js';
import { ClaimLoop } from './claim-loop.js';
import { type ClaimedExecution } from './claimed-execution.js';
import { type RunningExecutions } from './running-executions.js';

/** Runs nothing: the spec says when an execution ends, and how long it took. */
class Held implements Pick<RunningExecutions, 'size' | 'start'> {
  readonly refs: string[] = [];
  private readonly ends = new Map<number, (ranMs: number | null) => void>();

  get size(): number {
    return this.ends.size;
  }

  start({ execution }: ClaimedExecution): Promise<number | null> {
    this.refs.push(execution.action_ref);
    return new Promise((resolve) => this.ends.set(execution.id, resolve));
  }

  /** Ends the oldest that is left. */
  end(ranMs: number | null): void {
    const [first] = this.ends;
    if (first === undefined) throw new Error('nothing runs');
    this.ends.delete(first[0]);
    first[1](ranMs);
  }
}

describe('ClaimLoop', () => {
  let fixture: WorkerFixture;
  let loop: ClaimLoop;
  let worker: number;
  let held: Held;

  beforeAll(async () => {
    fixture = await createWorkerFixture();
    await fixture.action({ ref: 'demo.function', entrypoint: 'f.mjs', invocation: 'function' });
    await fixture.action({ ref: 'demo.process', entrypoint: 'true' });
  });

  beforeEach(async () => {
    worker = await someWorker(fixture.dataSource);
    held = new Held();
  });

  afterEach(() => loop.stop());
  afterAll(() => fixture.close());

  /** A worker that never polls and hears nothing: what it claims after the start, it claims because a slot became free. */
  function start(slots: number): void {
    const deaf = { on: () => () => true };
    // Only what the loop uses of the class.
    const running = held as unknown as RunningExecutions;
    loop = new ClaimLoop(fixture.dataSource, deaf, running, pino({ level: 'silent' }), {
      slots,
      pollIntervalMs: 3_600_000,
      worker: () => worker,
      onEnd: () => undefined,
      mayClaim: () => true,
    });
    loop.start();
  }
  const count = (ref: string) => held.refs.filter((one) => one === ref).length;

  it('takes as many as it has slots, and the next when one ends', async () => {
    await fixture.dispatch(worker, 'demo.process', [{}, {}, {}]);
    start(2);
    await eventually(() => expect(held.size).toBe(2));
    held.end(null);
    await eventually(() => expect(held.refs).toHaveLength(3));
  });

  it('takes short functions in groups once it knows them', async () => {
    await fixture.dispatch(worker, 'demo.function', [{}]);
    await fixture.dispatch(
      worker,
      'demo.function',
      Array.from({ length: 30 }, () => ({})),
    );
    start(1);
    await eventually(() => expect(held.size).toBe(1));
    held.end(0);
    await eventually(() => expect(held.size).toBe(30));
  });

  it('takes what needs a whole slot as soon as the parts of one come free', async () => {
    await fixture.dispatch(worker, 'demo.function', [{}, {}, {}]);
    await fixture.dispatch(worker, 'demo.process', [{}]);
    start(1);
    await eventually(() => expect(held.size).toBe(1));
    held.end(0);
    await eventually(() => expect(count('demo.function')).toBe(3));
    expect(count('demo.process')).toBe(0);
    expect(await waiting(fixture.dataSource, worker)).toBe(1);
    held.end(0);
    held.end(0);
    await eventually(() => expect(count('demo.process')).toBe(1));
  });

  it('goes on when some of those it took had been cancelled', async () => {
    const ids = await fixture.dispatch(worker, 'demo.process', [{}, {}, {}]);
    await fixture.setStatus(ids[0]!, 'cancelled');
    start(1);
    await eventually(() => expect(held.size).toBe(1));
    held.end(null);
    await eventually(() => expect(held.refs).toHaveLength(2));
  });
});
