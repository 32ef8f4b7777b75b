import {
  CHANNEL,
  type DatabaseListener,
  type DispatchRoom,
  isConnectionLost,
  isRetryable,
  type Logger,
  WakeSignal,
} from '@attune/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { claimExecutions } from './claim-executions.js';
import { type ClaimedExecution } from './claimed-execution.js';
import { type RunningExecutions } from './running-executions.js';
import { type SlotBudget } from './slot-budget.js';

export interface ClaimLoopOptions {
  readonly budget: SlotBudget;
  readonly pollIntervalMs: number;
  /** This worker's present id. */
  readonly worker: () => number;
  /** Told of each execution that has ended. */
  readonly onEnd: () => void;
  /** False while another worker may have taken our place. */
  readonly mayClaim: () => boolean;
}

/** Executions claimed at most in one transaction: larger groups are hardly cheaper. */
const MAX_CLAIM = 500;

/**
 * Executions in hand at most, those included whose results wait to be stored: a group that runs while another one is stored. (A worker
 * with more slots than that may fill them twice.)
 */
const MAX_IN_HAND = 1_000;

/** Pause (ms) after an error of the database. */
const OUTAGE_PAUSE_MS = 1_000;

/**
 * Claims executions while there are free slots and starts them. Wakes by NOTIFY, by a slot that becomes free while more work waits,
 * and by polling.
 *
 * States: idle → (start) running → (stop) stopped. What was claimed when it is stopped is started all the same.
 */
export class ClaimLoop {
  private readonly wakeUp = new WakeSignal();
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private unsubscribe: (() => void) | undefined;
  /** Whether dispatches may be waiting: a slot that becomes free on an idle worker is no reason to ask. */
  private mayHaveWork = true;
  private claimedAtMs = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly listener: Pick<DatabaseListener, 'on'>,
    private readonly running: RunningExecutions,
    private readonly logger: Logger,
    private readonly options: ClaimLoopOptions,
  ) {}

  start(): void {
    if (this.loop) return;
    this.unsubscribe = this.listener.on(CHANNEL.dispatch, (worker) => {
      if (worker === '' || Number(worker) === this.options.worker()) this.announceWork();
    });
    this.loop = this.runUntilStopped();
  }

  /** Claims nothing new and resolves when the claim in hand is settled. */
  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.stopping.abort();
    await this.loop;
  }

  private announceWork(): void {
    this.mayHaveWork = true;
    this.wakeUp.wake();
  }

  private async runUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if (this.mayHaveWork || this.isPollDue()) await this.claim();
      } catch (error) {
        const problem = { err: error };
        if (isConnectionLost(error) || isRetryable(error))
          this.logger.warn(problem, 'the database is away or too busy; claiming pauses');
        else this.logger.error(problem, 'claiming failed; trying again');
        await delay(OUTAGE_PAUSE_MS, undefined, { signal }).catch(() => undefined);
        this.mayHaveWork = true;
        continue;
      }
      await this.wakeUp.sleep(this.options.pollIntervalMs, signal);
    }
  }

  private isPollDue(): boolean {
    return performance.now() - this.claimedAtMs >= this.options.pollIntervalMs;
  }

  private async claim(): Promise<void> {
    this.claimedAtMs = performance.now();
    const { budget } = this.options;
    if (!budget.isWorthClaiming(performance.now())) return;
    const room = this.room();
    if (room.limit === 0 || !this.options.mayClaim()) return;
    const worker = this.options.worker();
    // Before the question: a notification that arrives meanwhile must not be forgotten.
    this.mayHaveWork = false;
    const { signal } = this.stopping;
    const { executions, taken } = await claimExecutions(this.dataSource, this.logger, { worker, room, signal });
    for (const execution of executions) this.run(execution, worker);
    const hasSlot = budget.free(performance.now()) >= 1;
    // With a whole slot left, nothing was left waiting for want of room.
    if (taken === room.limit || !hasSlot) this.mayHaveWork = true;
    // Some were cancelled before they began: no end of theirs will wake us.
    if (taken > executions.length && hasSlot) this.announceWork();
  }

  /** As long as no action is known to be short, this is the number of free slots. */
  private room(): Required<DispatchRoom> {
    const { budget } = this.options;
    const slots = budget.free(performance.now());
    const weights = budget.weights();
    const smallest = Math.min(1, ...weights.values());
    const limit = Math.min(slots / smallest, Math.max(MAX_IN_HAND, budget.slots * 2) - this.running.size);
    return { slots, weights, limit: Math.max(0, Math.min(MAX_CLAIM, Math.floor(limit + 1e-6))) };
  }

  private run(claimed: ClaimedExecution, worker: number): void {
    const { id, action_ref: actionRef } = claimed.execution;
    const { budget, onEnd } = this.options;
    const kind = claimed.action?.invocation ?? 'process';
    budget.begin(id, { actionRef, kind, nowMs: performance.now() });
    const wake = (): void => {
      if (this.mayHaveWork) this.wakeUp.wake();
    };
    const stored = this.running.start(claimed, worker, (ranMs) => {
      budget.end(id, ranMs);
      onEnd();
      wake();
    });
    // The room for results may have been what was missing.
    void stored.then(wake);
  }
}
