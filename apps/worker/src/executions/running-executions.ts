import { type Database, type Logger } from '@attune/common';
import { type Json } from '@attune/engine';
import { type StopReason } from '../process/action-runner.js';
import { type ActionInvocation } from '../process/action-invocation.js';
import { notStartedResult, type RunOutcome } from '../process/execution-result.js';
import { StartError } from '../process/start-error.js';
import { type ClaimedExecution } from './claimed-execution.js';
import { type InvocationBuilder } from './invocation-builder.js';
import { outputProblems } from './output-schema.js';
import { redactResult } from './redact-result.js';
import { type FinishedExecution, type ResultWriter } from './result-writer.js';
import { statusesOf } from './sql/running-executions.sql.js';

/** Runs one action once; an action that fails is an outcome. */
type Run = (invocation: ActionInvocation, stop: AbortSignal) => Promise<RunOutcome>;

/**
 * The executions this worker has begun and whose end is not stored yet. An execution is in here once in its life: it is started when
 * it is added, and leaves when its result is written.
 */
export class RunningExecutions {
  private readonly stops = new Map<number, AbortController>();
  private readonly ends = new Set<Promise<unknown>>();

  constructor(
    private readonly builder: InvocationBuilder,
    private readonly runAction: Run,
    private readonly writer: ResultWriter,
    private readonly logger: Logger,
  ) {}

  get size(): number {
    return this.stops.size;
  }

  /**
   * Runs it and stores its end, which is when the promise resolves; `worker` is where it was claimed. `onRan` is told before, as soon
   * as its slot is free again: how long (ms) its function or process took; null: it was not run.
   */
  start(claimed: ClaimedExecution, worker: number, onRan: (ranMs: number | null) => void): Promise<void> {
    const { id } = claimed.execution;
    if (this.stops.has(id)) throw new Error(`execution ${id} is running already`);
    const stop = new AbortController();
    this.stops.set(id, stop);
    const end = this.runToEnd(claimed, { worker, onRan }, stop.signal).finally(() => {
      this.stops.delete(id);
      this.ends.delete(end);
    });
    this.ends.add(end);
    return end;
  }

  /** Asks the database whether they are still wanted: stops what is being cancelled, and what is no longer ours. */
  async reconcile(db: Database): Promise<void> {
    const ids = [...this.stops.keys()];
    const statuses = await statusesOf(db, ids);
    for (const id of ids) {
      const status = statuses.get(id);
      if (status === 'canceling') this.stop(id, 'user');
      // Somebody ended it, or its row is gone. Its result will find nobody waiting.
      else if (status !== 'running') this.stop(id, 'shutdown');
    }
  }

  stopAll(reason: StopReason): void {
    for (const id of this.stops.keys()) this.stop(id, reason);
  }

  /** Resolves when nothing is running any more. */
  async drained(): Promise<void> {
    await Promise.all(this.ends);
  }

  private stop(id: number, reason: StopReason): void {
    const controller = this.stops.get(id);
    if (controller === undefined || controller.signal.aborted) return;
    this.logger.info({ executionId: id, reason }, 'stopping an execution');
    controller.abort(reason);
  }

  private async runToEnd(
    claimed: ClaimedExecution,
    { worker, onRan }: { readonly worker: number; readonly onRan: (ranMs: number | null) => void },
    signal: AbortSignal,
  ): Promise<void> {
    const { execution } = claimed;
    const fields = { executionId: execution.id, actionRef: execution.action_ref };
    this.logger.debug(fields, 'execution started');
    const { status, result } = await this.run(claimed, signal);
    const { duration_ms: durationMs } = result.redacted;
    onRan(typeof durationMs === 'number' ? durationMs : null);
    await this.writer.write({ execution: execution.id, worker, status, result });
    this.logger.debug({ ...fields, status, durationMs }, 'execution finished');
  }

  private async run(claimed: ClaimedExecution, signal: AbortSignal): Promise<Outcome> {
    try {
      const { status, result } = await this.runAction(await this.builder.build(claimed), signal);
      const schema = claimed.action?.out_schema ?? null;
      this.reportMismatch(claimed, result['data'], schema);
      return { status, result: redactResult(result, schema) };
    } catch (error) {
      if (error instanceof StartError) return failed(error.message);
      this.logger.error(
        { err: error, executionId: claimed.execution.id },
        'execution failed by an error of the worker',
      );
      return failed('Internal error of the worker; its log has the details');
    }
  }

  /** Data that breaks its promise is data all the same. */
  private reportMismatch({ execution }: ClaimedExecution, data: Json | undefined, schema: Json): void {
    const problems = data === undefined ? [] : outputProblems(data, schema);
    if (problems.length === 0) return;
    const fields = { executionId: execution.id, actionRef: execution.action_ref, problems };
    this.logger.info(fields, 'the output of an action is not what its schema says');
  }
}

type Outcome = Pick<FinishedExecution, 'status' | 'result'>;

function failed(error: string): Outcome {
  const { status, result } = notStartedResult(error);
  return { status, result: { redacted: result, secrets: [] } };
}
