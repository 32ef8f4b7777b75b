import { setTimeout as delay } from 'node:timers/promises';
import { eventually, type SpawnedService } from '@attune/testing';
import { type ServiceName } from '../faults/fault.js';

/** How soon (ms) a service that ended by itself is started again, as a supervisor would. */
const RESTART_MS = 300;

/** The longest (ms) a service may need to be ready again once everything else is there. */
const READY_WITHIN_MS = 180_000;

/**
 * One service that is started again whenever it ends. A start may fail while PostgreSQL is away; a service that was ready and
 * then leaves without having been told to is an incident.
 *
 * States: (start) running ⇄ pausing → (end) ended. Faults may come in any of them and then hit what is there, or nothing.
 */
export class SupervisedService {
  /** Ends nobody asked for. */
  readonly incidents: string[] = [];
  /** Starts that did not get as far as being ready. */
  failedStarts = 0;
  private current: SpawnedService | null = null;
  /** How long to wait after the end that was asked for; null: none was. */
  private orderedPauseMs: number | null = null;
  private readonly ending = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    readonly name: ServiceName,
    private readonly spawn: () => SpawnedService,
  ) {}

  start(): void {
    this.loop ??= this.superviseUntilEnded();
  }

  async kill(pauseMs: number): Promise<void> {
    this.orderedPauseMs = pauseMs;
    await this.current?.kill();
  }

  async restart(pauseMs: number): Promise<void> {
    this.orderedPauseMs = pauseMs;
    await this.current?.stop();
  }

  async freeze(forMs: number): Promise<void> {
    const frozen = this.current;
    frozen?.freeze();
    await delay(forMs);
    frozen?.thaw();
  }

  /** Resolves when it is ready. @throws when it does not come up, with what it wrote last */
  async ready(): Promise<void> {
    await eventually(async () => {
      if (this.current === null) throw new Error(`${this.name} is not running`);
      await this.current.ready;
    }, READY_WITHIN_MS);
  }

  /** SIGTERM, and no new start; gives the exit code. */
  async end(): Promise<number | null> {
    this.ending.abort();
    const code = (await this.current?.stop()) ?? null;
    await this.loop;
    return code;
  }

  private async superviseUntilEnded(): Promise<void> {
    const { signal } = this.ending;
    do {
      await this.runOnce(signal);
      const pauseMs = this.orderedPauseMs ?? RESTART_MS;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined); // told to end: no new start
    } while (!signal.aborted);
  }

  private async runOnce(signal: AbortSignal): Promise<void> {
    this.orderedPauseMs = null;
    const service = this.spawn();
    this.current = service;
    const becameReady = service.ready.then(
      () => true,
      () => false,
    );
    const code = await service.exited;
    if (!signal.aborted) this.current = null; // `ready` must not be told of one that is gone
    if (signal.aborted || this.isOrdered) return;
    if (await becameReady) this.incidents.push(`${this.name} left by itself with exit code ${code ?? 'none'}`);
    else this.failedStarts += 1;
  }

  /** A method, because it changes while somebody waits. */
  private get isOrdered(): boolean {
    return this.orderedPauseMs !== null;
  }
}
