import { hasListeners, isConnectionLost, type Logger, publish, type SecretBox, sqlStateOf } from '@attune/common';
import { stringifyJson } from '@attune/engine';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import { type RunOutcome } from '../process/execution-result.js';
import { type RedactedResult } from './redact-result.js';
import { completeExecutions } from './sql/complete-executions.sql.js';
import { insertResultSecrets } from './sql/secret-values.sql.js';

export interface FinishedExecution {
  readonly execution: number;
  readonly worker: number;
  readonly status: RunOutcome['status'];
  readonly result: RedactedResult;
}

interface Pending {
  readonly finished: FinishedExecution;
  readonly resolve: () => void;
}

/** Longest pause (ms) between two attempts to write while the database is away. */
const LONGEST_PAUSE_MS = 5_000;
const FIRST_PAUSE_MS = 200;

/** Results of more text (characters) than this do not go together: the database reads a statement as a whole. */
const MAX_GROUP_LENGTH = 16 * 1024 * 1024;

/** How long (ms) a result waits at most for others that are about to be there. */
const GATHER_MS = 20;

/**
 * Writes results in groups: whatever finishes while one transaction is being committed goes into the next. While as many short
 * processes are under way as there are results, these wait for them a moment; the last results of a worker wait for nothing. A
 * result is kept and tried again until it is written; writing one twice does nothing.
 */
export class ResultWriter {
  private pending: Pending[] = [];
  private isWriting = false;
  private onGathered: (() => void) | null = null;

  /** `expected`: results that are about to be there. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly logger: Logger,
    private readonly expected: () => number = () => 0,
  ) {}

  /** Resolves when the end of the execution is stored. Never rejects. */
  write(finished: FinishedExecution): Promise<void> {
    const written = new Promise<void>((resolve) => this.pending.push({ finished, resolve }));
    if (!this.isWriting) void this.writeAll();
    else if (this.isGroup()) this.onGathered?.();
    return written;
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    // Results that became ready in the same turn of the event loop go together.
    await nextTurn();
    while (this.pending.length > 0) {
      await this.gather();
      const group = this.pending.splice(0);
      await this.writeGroup(group.map(({ finished }) => finished));
      for (const { resolve } of group) resolve();
    }
    this.isWriting = false;
  }

  private isGroup(): boolean {
    return this.pending.length >= this.expected();
  }

  private async gather(): Promise<void> {
    if (this.isGroup()) return;
    const timer = setTimeout(() => this.onGathered?.(), GATHER_MS);
    await new Promise<void>((resolve) => (this.onGathered = resolve));
    clearTimeout(timer);
    this.onGathered = null;
  }

  private async writeGroup(group: readonly FinishedExecution[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.commit(group);
        return;
      } catch (error) {
        if (isAboutData(error) && group.length > 1) {
          // One of them holds something the database refuses: it must not hold up the others.
          for (const finished of group) await this.writeGroup([finished]);
          return;
        }
        if (isAboutData(error) && attempt === 1) group = group.map((finished) => this.replaceRefused(finished, error));
        else
          this.logger.warn(
            { err: error, executions: group.length, attempt },
            'results cannot be written; trying again',
          );
        await delay(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10)));
      }
    }
  }

  private replaceRefused(finished: FinishedExecution, error: unknown): FinishedExecution {
    this.logger.error({ err: error, executionId: finished.execution }, 'result cannot be stored; the execution fails');
    const redacted = {
      succeeded: false,
      error: `The result cannot be stored (${reasonOf(error)})`,
    };
    return { ...finished, status: 'failed', result: { redacted, secrets: [] } };
  }

  private async commit(group: readonly FinishedExecution[]): Promise<void> {
    const completions = group.map(({ execution, worker, status, result }) => ({
      execution,
      worker,
      status,
      result: stringifyJson(result.redacted),
    }));
    const length = completions.reduce((sum, { result }) => sum + result.length, 0);
    if (length > MAX_GROUP_LENGTH && group.length > 1) {
      const half = group.length >> 1;
      for (const part of [group.slice(0, half), group.slice(half)]) await this.commit(part);
      return;
    }
    if (!hasListeners('execution.completed') && group.every(({ result }) => result.secrets.length === 0)) {
      // Nothing has to be stored together with the results: one round trip instead of three.
      await completeExecutions(this.dataSource, completions);
      return;
    }
    await this.dataSource.transaction(async (db) => {
      const ended = new Set(await completeExecutions(db, completions));
      const secrets = group
        .filter(({ execution }) => ended.has(execution))
        .flatMap(({ execution, result }) =>
          result.secrets.map(({ pointer, value }) => ({ execution, pointer, encrypted: this.box.seal(value) })),
        );
      await insertResultSecrets(db, secrets, this.box.keyHash);
      await publish(
        db,
        [...ended].map((execution_id) => ({ topic: 'execution.completed', payload: { execution_id } })),
      );
    });
  }
}

/** Data exceptions, broken constraints, exceeded limits, and what no database said: the same rows would be refused again. */
function isAboutData(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined ? !isConnectionLost(error) : /^(?:22|23|54|P0)/.test(state);
}

/** Names the kind of problem only: a message may repeat what is in the result. */
function reasonOf(error: unknown): string {
  const state = sqlStateOf(error);
  if (state !== undefined) return `SQLSTATE ${state}`;
  return Error.isError(error) ? error.name : 'unknown';
}
