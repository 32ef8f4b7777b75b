import {
  type Config,
  type Logger,
  PeriodicTask,
  recordHeartbeat,
  registerWorker,
  setWorkerStatus,
  type WorkerStatus,
} from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { hostname } from 'node:os';
import { type DataSource } from 'typeorm';
import { type WorkRate } from '../executions/work-rate.js';
import { reportedRuntimes } from '../runtimes/available-runtime.js';
import { type RuntimeCatalog } from '../runtimes/runtime-catalog.js';

/** How often (ms) is looked whether the worker has become much faster or slower. */
const RATE_CHECK_MS = 500;

/** How often (ms) is looked whether runtimes were added or changed; a new pack's actions can be placed only after that. */
const RUNTIME_CHECK_MS = 2_000;

export interface WorkerIdentity {
  readonly name: string;
  /** False while another worker may have the name, and with it the row. */
  readonly isOurs: () => boolean;
}

/**
 * The worker's row: made or taken over at the start by name, kept fresh by heartbeats that tell what it can do.
 *
 * States: registered → (startBeating) active → (drain) inactive, still beating: what it runs is looked after → (leave) silent.
 */
export class WorkerRegistration {
  private rowId: number | null = null;
  private status: WorkerStatus = 'active';
  private readonly heartbeat: PeriodicTask;
  private readonly runtimeCheck: PeriodicTask;
  private readonly rateCheck: PeriodicTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config['worker'],
    private readonly catalog: RuntimeCatalog,
    private readonly load: { readonly running: () => number; readonly rate: WorkRate },
    private readonly logger: Logger,
    private readonly identity: WorkerIdentity,
  ) {
    this.heartbeat = new PeriodicTask(logger, {
      name: 'heartbeat',
      intervalMs: config.heartbeatIntervalSeconds * 1000,
      run: () => this.beat(),
    });
    this.runtimeCheck = new PeriodicTask(logger, {
      name: 'runtime check',
      intervalMs: RUNTIME_CHECK_MS,
      run: () => this.beatIfRuntimesChanged(),
    });
    this.rateCheck = new PeriodicTask(logger, {
      name: 'rate check',
      intervalMs: RATE_CHECK_MS,
      run: async () => {
        if (load.rate.isWorthTelling(performance.now())) await this.beat();
      },
    });
  }

  get name(): string {
    return this.identity.name;
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
      taints: this.config.taints,
    });
  }

  startBeating(): void {
    this.heartbeat.start();
    this.runtimeCheck.start();
    this.rateCheck.start();
  }

  /** Beats at once, for instance because nobody heard of this worker while the database was away. */
  beatNow(): void {
    this.heartbeat.wake();
  }

  /** From now on the worker gets no new work. It goes on beating: what it still runs must not be taken for lost. */
  async drain(): Promise<void> {
    this.status = 'inactive';
    await this.rateCheck.stop();
    await this.runtimeCheck.stop();
    if (this.rowId === null || !this.identity.isOurs()) return;
    await setWorkerStatus(this.dataSource, this.rowId, this.status).catch((error: unknown) =>
      this.logger.warn({ err: error }, 'cannot say goodbye; the next heartbeat or the monitor will'),
    );
  }

  /** The last heartbeat was the last one. */
  async leave(): Promise<void> {
    await this.heartbeat.stop();
  }

  private async beatIfRuntimesChanged(): Promise<void> {
    if (!(await this.catalog.refresh(this.dataSource))) return;
    this.logger.info({ runtimes: reportedRuntimes(this.catalog.list()) }, 'runtimes changed');
    await this.beat();
  }

  private async beat(): Promise<void> {
    if (!this.identity.isOurs()) return;
    const { status } = this;
    const isKnown = await recordHeartbeat(this.dataSource, this.id, { status, capabilities: this.capabilities() });
    // One that leaves does not come back: it would be given work.
    if (isKnown || status !== 'active') return;
    this.logger.warn({ workerId: this.id }, 'the row of this worker is gone; registering again');
    await this.register();
  }

  private capabilities(): JsonObject {
    const slots = this.config.maxConcurrentTasks;
    const running = this.load.running();
    return {
      runtimes: reportedRuntimes(this.catalog.list()),
      max_concurrent_executions: slots,
      max_waiting_executions: this.load.rate.tell(),
      running_executions: running,
      free_slots: Math.max(0, slots - running),
    };
  }
}
