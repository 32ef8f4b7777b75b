import { type Config, type Logger, recordHeartbeat, registerWorker, setWorkerStatus } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { hostname } from 'node:os';
import { type DataSource } from 'typeorm';
import { reportedRuntimes } from '../runtimes/available-runtime.js';
import { type RuntimeCatalog } from '../runtimes/runtime-catalog.js';

/** How often (ms) is looked whether runtimes were added or changed; a new pack's actions can be placed only after that. */
const RUNTIME_CHECK_MS = 2_000;

/**
 * The worker's row: made or taken over at the start by name, kept fresh by heartbeats that tell what it can do, `inactive` at the end.
 */
export class WorkerRegistration {
  readonly name: string;
  private rowId: number | null = null;
  private timers: NodeJS.Timeout[] = [];
  private beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config['worker'],
    private readonly catalog: RuntimeCatalog,
    private readonly countRunning: () => number,
    private readonly logger: Logger,
  ) {
    this.name = config.name ?? hostname();
  }

  /** Changes only when an operator deleted the row and the worker had to register again. */
  get id(): number {
    if (this.rowId === null) throw new Error('the worker is not registered yet');
    return this.rowId;
  }

  async register(): Promise<void> {
    this.rowId = await registerWorker(this.dataSource, {
      name: this.name,
      worker_role: 'action',
      worker_type: 'local',
      host: hostname(),
      capabilities: this.capabilities(),
      labels: this.config.labels,
    });
  }

  startBeating(): void {
    this.timers = [
      setInterval(() => this.beatAfterTheLast(() => this.beat()), this.config.heartbeatIntervalSeconds * 1000),
      setInterval(() => this.beatAfterTheLast(() => this.beatIfRuntimesChanged()), RUNTIME_CHECK_MS),
    ];
  }

  /** From now on the worker gets no new work. Called while it still ends what it has. */
  async leave(): Promise<void> {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    await this.beating;
    if (this.rowId === null) return;
    await setWorkerStatus(this.dataSource, this.rowId, 'inactive').catch((error: unknown) =>
      this.logger.warn({ err: error }, 'cannot say goodbye; the monitor will notice'),
    );
  }

  private beatAfterTheLast(beat: () => Promise<void>): void {
    this.beating = this.beating
      .then(beat)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'no heartbeat: the database is away'));
  }

  private async beatIfRuntimesChanged(): Promise<void> {
    if (!(await this.catalog.refresh(this.dataSource))) return;
    this.logger.info({ runtimes: reportedRuntimes(this.catalog.list()) }, 'runtimes changed');
    await this.beat();
  }

  private async beat(): Promise<void> {
    const isKnown = await recordHeartbeat(this.dataSource, this.id, { capabilities: this.capabilities() });
    if (isKnown) return;
    this.logger.warn({ workerId: this.id }, 'the row of this worker is gone; registering again');
    await this.register();
  }

  private capabilities(): JsonObject {
    const slots = this.config.maxConcurrentTasks;
    const running = this.countRunning();
    return {
      runtimes: reportedRuntimes(this.catalog.list()),
      max_concurrent_executions: slots,
      running_executions: running,
      free_slots: Math.max(0, slots - running),
    };
  }
}
