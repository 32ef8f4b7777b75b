import {
  CHANNEL,
  type Config,
  type DatabaseListener,
  type Logger,
  PeriodicTask,
  type SecretBox,
  type TokenSigner,
} from '@attune/common';
import { type DataSource } from 'typeorm';
import { ClaimLoop } from './executions/claim-loop.js';
import { InvocationBuilder } from './executions/invocation-builder.js';
import { ResultWriter } from './executions/result-writer.js';
import { RunningExecutions } from './executions/running-executions.js';
import { SlotBudget } from './executions/slot-budget.js';
import { WorkRate } from './executions/work-rate.js';
import { FunctionRunner } from './functions/function-runner.js';
import { localMachine } from './machine/local-machine.js';
import { openScratchDirectory, removeScratchDirectory, SCRATCH_VARIABLE } from './machine/scratch-directory.js';
import { inheritedVariables } from './process/action-environment.js';
import { type ActionInvocation } from './process/action-invocation.js';
import { ActionRunner } from './process/action-runner.js';
import { type RunOutcome } from './process/execution-result.js';
import { ProcessGate } from './process/process-gate.js';
import { ProcessLauncher } from './process/process-launcher.js';
import { abandonLeftBehind } from './registration/left-behind.js';
import { takeWorkerName, type WorkerName } from './registration/worker-name.js';
import { WorkerRegistration } from './registration/worker-registration.js';
import { RuntimeCatalog } from './runtimes/runtime-catalog.js';

/** Time (ms) a process group gets between TERM and KILL. */
export const KILL_GRACE_MS = 5_000;
/** How long (ms) output of an ended process is still read while something else holds its pipes. */
const STRAY_GRACE_MS = 2_000;

export interface WorkerParts {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly listener: Pick<DatabaseListener, 'on'>;
  readonly logger: Logger;
  readonly box: SecretBox;
  readonly signer: TokenSigner;
  /** The environment of the process: what actions inherit is picked from it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Another worker has taken the name of this one, which has ended its actions and does nothing more. */
  readonly onReplaced?: () => void;
}

/**
 * One worker. Start: take a name, make a place for files, probe runtimes, register, abandon what an earlier process left, claim. Stop:
 * claim nothing new, let running actions finish for `shutdown_timeout`, then kill them and report them abandoned; meanwhile go on with
 * heartbeats and cancellations.
 */
export class Worker {
  private constructor(
    private readonly parts: WorkerParts,
    private readonly scratchDir: string,
    private readonly lock: WorkerName['lock'],
    readonly registration: WorkerRegistration,
    private readonly running: RunningExecutions,
    private readonly runners: Runners,
    private readonly launcher: ProcessLauncher,
    private readonly watch: PeriodicTask,
    private readonly loop: ClaimLoop,
    private readonly unsubscribe: () => void,
  ) {}

  static async start(parts: WorkerParts): Promise<Worker> {
    const { config, logger, onReplaced } = parts;
    const { url } = config.database;
    if (url === null) throw new Error('a worker has a database');
    const started: { worker?: Worker } = {};
    const taken = await takeWorkerName({
      url,
      logger,
      configured: config.worker.name,
      onRegained: () => started.worker?.registration.beatNow(),
      onTaken: () => {
        logger.fatal({ name: taken.name }, 'another worker has taken the name of this one; ending its actions');
        started.worker?.running.stopAll('shutdown');
        onReplaced?.();
      },
    });
    let launcher: ProcessLauncher | undefined;
    try {
      const scratchDir = await openScratchDirectory();
      launcher = new ProcessLauncher(scratchDir, logger);
      started.worker = await Worker.startAs(parts, taken, scratchDir, launcher);
    } catch (error) {
      await launcher?.stop();
      await taken.lock.release();
      throw error;
    }
    return started.worker;
  }

  private static async startAs(
    parts: WorkerParts,
    { name, lock }: WorkerName,
    scratchDir: string,
    launcher: ProcessLauncher,
  ): Promise<Worker> {
    const { config, dataSource, listener, logger } = parts;
    const isOurs = (): boolean => lock.isHeld;
    const env = {
      ...inheritedVariables(parts.environment, config.worker.passEnv),
      [SCRATCH_VARIABLE]: scratchDir,
    };
    const machine = localMachine({ scratchDir, env, launcher });
    const catalog = new RuntimeCatalog(machine, logger, wantedRuntimes(parts));
    const budget = new SlotBudget(config.worker.maxConcurrentTasks);
    const runners = runnersOf(parts, scratchDir, env, launcher, budget);
    const writer = new ResultWriter(dataSource, parts.box, logger, () => budget.shortProcesses);
    const builder = new InvocationBuilder(config, catalog, parts.box, parts.signer, logger);
    const running = new RunningExecutions(builder, runners.run, writer, logger);
    const rate = new WorkRate(config.worker.maxConcurrentTasks, performance.now());
    const load = { running: () => running.size, rate };
    const registration = new WorkerRegistration(dataSource, config.worker, catalog, load, logger, { name, isOurs });
    const watch = new PeriodicTask(logger, {
      name: 'watch over running executions',
      intervalMs: config.messaging.pollIntervalMs,
      run: () => running.reconcile(dataSource),
    });
    const loop = new ClaimLoop(dataSource, listener, running, logger, {
      budget,
      pollIntervalMs: config.messaging.pollIntervalMs,
      worker: () => registration.id,
      onEnd: () => rate.count(),
      mayClaim: isOurs,
    });

    await catalog.refresh(dataSource);
    await registration.register();
    await abandonLeftBehind(dataSource, writer, logger, registration);
    registration.startBeating();
    watch.start();
    const unsubscribe = listener.on(CHANNEL.cancel, (worker) => {
      if (worker === '' || Number(worker) === registration.id) watch.wake();
    });
    loop.start();
    return new Worker(parts, scratchDir, lock, registration, running, runners, launcher, watch, loop, unsubscribe);
  }

  async stop(): Promise<void> {
    const { config, logger } = this.parts;
    await this.loop.stop();
    await this.registration.drain();
    const timer = setTimeout(() => {
      logger.warn({ executions: this.running.size }, 'stopping what did not finish in time');
      this.running.stopAll('shutdown');
    }, config.worker.shutdownTimeoutSeconds * 1000);
    await this.running.drained();
    clearTimeout(timer);
    await this.runners.stop();
    this.unsubscribe();
    await this.watch.stop();
    await this.registration.leave();
    await this.launcher.stop();
    await this.lock.release();
    await removeScratchDirectory(this.scratchDir);
  }
}

interface Runners {
  readonly run: (invocation: ActionInvocation, stop: AbortSignal) => Promise<RunOutcome>;
  /** Leaves no process behind; to be called when nothing is running any more. */
  readonly stop: () => Promise<void>;
}

function runnersOf(
  { config: { worker }, logger }: WorkerParts,
  scratchDir: string,
  inherited: Readonly<Record<string, string>>,
  launcher: ProcessLauncher,
  budget: SlotBudget,
): Runners {
  const options = {
    scratchDir,
    inheritedVariables: inherited,
    stdoutLimitBytes: worker.maxStdoutBytes,
    stderrLimitBytes: worker.maxStderrBytes,
    killGraceMs: KILL_GRACE_MS,
    strayGraceMs: STRAY_GRACE_MS,
  };
  const processes = new ActionRunner(options, launcher);
  const gate = new ProcessGate(worker.maxConcurrentTasks);
  const runProcess = (invocation: ActionInvocation, stop: AbortSignal): Promise<RunOutcome> =>
    gate.run(() => {
      budget.run(invocation.executionId, performance.now());
      return processes.run(invocation, stop);
    }, stop);
  const functions = new FunctionRunner(
    {
      ...options,
      hostLimit: worker.maxConcurrentTasks,
      hostMaxRuns: worker.functionHostMaxRuns,
      hostIdleMs: worker.functionHostIdleSeconds * 1000,
    },
    logger,
  );
  return {
    run: ({ language, ...invocation }, stop) =>
      language === null
        ? runProcess({ ...invocation, language }, stop)
        : functions.run({ ...invocation, language }, stop),
    stop: () => functions.stop(),
  };
}

/** `ATTUNE_WORKER_RUNTIMES` is the older name of the setting; it wins where both are given. */
function wantedRuntimes({ config, environment }: WorkerParts): readonly string[] {
  const listed = environment['ATTUNE_WORKER_RUNTIMES']?.split(',').map((name) => name.trim()) ?? [];
  const wanted = listed.filter((name) => name !== '');
  return wanted.length > 0 ? wanted : config.worker.runtimes;
}
