import { LOGGER, type Logger, PeriodicTask } from '@attune/common';
import { choosePolicy } from '@attune/engine';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { listPolicies } from './sql/list-policies.sql.js';
import { clearQueueStats, listCountedActions, writeQueueStats } from './sql/queue-stats.sql.js';

/** How long (ms) changes are collected before the numbers are written. */
const WRITE_INTERVAL_MS = 2_000;

/**
 * Keeps the numbers that `GET /actions/{ref}/queue-stats` shows. Who admits or releases only says what it touched; every other second the
 * numbers of those actions are counted anew. An action's numbers are those of the policy that limits it: whoever shares the policy
 * shares the queue.
 */
@Injectable()
export class QueueStatsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private touched: Touched | null = null;
  /** Written once already, perhaps before the transaction that touched it had committed. */
  private repeated: Touched | null = null;
  private readonly task: PeriodicTask;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask(logger, {
      name: 'queue statistics',
      intervalMs: WRITE_INTERVAL_MS,
      run: () => this.write(),
    });
  }

  /** Actions that were not idle when the last executor stopped are counted too. */
  onApplicationBootstrap(): void {
    this.touch([], []);
    this.task.start();
  }

  /** What the last batches touched is written too. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
    // A database that is gone does not keep the service from ending: the numbers are written again with the next change.
    await this.write().catch(() => undefined);
  }

  /** These policies were at work, for these actions as far as they are known. May be called before that is committed. */
  touch(policies: readonly number[], actionRefs: readonly string[]): void {
    this.touched ??= { policies: new Set(), actionRefs: new Set() };
    for (const id of policies) this.touched.policies.add(id);
    for (const ref of actionRefs) this.touched.actionRefs.add(ref);
  }

  /** Counts what was touched since the last time but one. What cannot be written now stays for the next time. */
  async write(): Promise<void> {
    const { touched, repeated } = this;
    const all = [touched, repeated].filter((some) => some !== null);
    if (all.length === 0) return;
    [this.touched, this.repeated] = [null, touched];
    const actionRefs = all.flatMap((some) => [...some.actionRefs]);
    const policies = all.flatMap((some) => [...some.policies]);
    try {
      await this.count(actionRefs, policies);
    } catch (error) {
      this.touch(policies, actionRefs);
      throw error;
    }
  }

  private async count(touched: readonly string[], policies: readonly number[]): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      const shown = await listCountedActions(db, policies);
      const refs = [...new Set([...touched, ...shown])];
      const enabled = await listPolicies(db, refs);
      const limited = refs.map((actionRef) => ({ actionRef, policy: choosePolicy(enabled, actionRef) }));
      await writeQueueStats(
        db,
        limited.flatMap(({ actionRef, policy }) =>
          policy === null ? [] : [{ action_ref: actionRef, policy: policy.id, threshold: policy.threshold }],
        ),
      );
      await clearQueueStats(
        db,
        limited.filter(({ policy }) => policy === null).map(({ actionRef }) => actionRef),
      );
    });
  }
}

interface Touched {
  readonly policies: Set<number>;
  readonly actionRefs: Set<string>;
}
