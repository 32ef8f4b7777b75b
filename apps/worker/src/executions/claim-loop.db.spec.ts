import { eventually } from '@attune/testing';
import { pino } from 'pino';
import { createWorkerFixture, someWorker, waiting, type WorkerFixture } from '../worker-fixture.js';
import { ClaimLoop } from './claim-loop.js';
import { type ClaimedExecution } from './claimed-execution.js';
import { type RunningExecutions } from './running-executions.js';
import { SlotBudget } from './slot-budget.js';

/** Runs nothing: the spec says when an execution ends, how long it took, and when that is stored. */
class Held implements Pick<RunningExecutions, 'size' | 'start'> {
  readonly refs: string[] = [];
  private readonly ends = new Map<number, (ranMs: number | null) => void>();
  private readonly stores: (() => void)[] = [];

  get size(): number {
    return this.stores.length;
  }

  start({ execution }: ClaimedExecution, _worker: number, onRan: (ranMs: number | null) => void): Promise<void> {
    this.refs.push(execution.action_ref);
    this.ends.set(execution.id, onRan);
    return new Promise((resolve) => this.stores.push(resolve));
  }

  get running(): number {
    return this.ends.size;
  }

  /** Stores everything that has ended. */
  store(): void {
    for (const stored of this.stores.splice(0, this.stores.length - this.ends.size)) stored();
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
      budget: new SlotBudget(slots),
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
    await eventually(() => expect(held.running).toBe(2));
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
    await eventually(() => expect(held.running).toBe(1));
    held.end(0);
    await eventually(() => expect(held.running).toBe(30));
  });

  it('takes what needs a whole slot as soon as the parts of one come free', async () => {
    await fixture.dispatch(worker, 'demo.function', [{}, {}, {}]);
    await fixture.dispatch(worker, 'demo.process', [{}]);
    start(1);
    await eventually(() => expect(held.running).toBe(1));
    held.end(0);
    await eventually(() => expect(count('demo.function')).toBe(3));
    expect(count('demo.process')).toBe(0);
    expect(await waiting(fixture.dataSource, worker)).toBe(1);
    held.end(0);
    held.end(0);
    await eventually(() => expect(count('demo.process')).toBe(1));
  });

  it('takes more short processes than run at once, and the next when half of them are done', async () => {
    await fixture.dispatch(worker, 'demo.process', [{}]);
    await fixture.dispatch(
      worker,
      'demo.process',
      Array.from({ length: 9 }, () => ({})),
    );
    start(1);
    await eventually(() => expect(held.running).toBe(1));
    held.end(10);
    await eventually(() => expect(held.running).toBe(6));
    held.end(10);
    held.end(10);
    expect(await waiting(fixture.dataSource, worker)).toBe(3);
    held.end(10);
    await eventually(() => expect(held.refs).toHaveLength(10));
  });

  it('does not wait for results to be stored, unless there are very many', async () => {
    await fixture.dispatch(
      worker,
      'demo.process',
      Array.from({ length: 1_003 }, () => ({})),
    );
    start(100);
    for (let ended = 0; ended < 1_000; ended += 1) {
      if (held.running === 0) await eventually(() => expect(held.running).toBeGreaterThan(0));
      held.end(null);
    }
    expect(held.refs).toHaveLength(1_000);
    held.store();
    await eventually(() => expect(held.refs).toHaveLength(1_003));
  });

  it('goes on when some of those it took had been cancelled', async () => {
    const ids = await fixture.dispatch(worker, 'demo.process', [{}, {}, {}]);
    await fixture.setStatus(ids[0]!, 'cancelled');
    start(1);
    await eventually(() => expect(held.running).toBe(1));
    held.end(null);
    await eventually(() => expect(held.refs).toHaveLength(2));
  });
});
