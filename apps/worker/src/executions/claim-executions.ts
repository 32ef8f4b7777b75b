import {
  findActions,
  findExecutions,
  isConnectionLost,
  type Logger,
  moveExecutions,
  takeDispatches,
} from '@attune/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type DataSource, type EntityManager } from 'typeorm';
import { type ClaimedExecution } from './claimed-execution.js';
import { listInjectedKeys } from './sql/list-injected-keys.sql.js';
import { listParameterSecrets } from './sql/secret-values.sql.js';
import { currentTransaction, transactionFate } from './sql/transaction-fate.sql.js';

/** Pause (ms) between two questions to a database that is away. */
const OUTAGE_PAUSE_MS = 500;

interface Claim {
  readonly transaction: string;
  readonly claimed: readonly ClaimedExecution[];
}

/**
 * Takes up to `limit` dispatches of a worker and moves their executions to `running`, in one transaction; whatever this returns is to
 * be started exactly once, by the caller. An execution that was cancelled meanwhile loses its dispatch and is not returned.
 *
 * A connection lost at the commit leaves open whether it happened. The server knows, so it is asked until it answers: taking the
 * executions for unclaimed would leave them `running` with nobody to run them.
 */
export async function claimExecutions(
  dataSource: DataSource,
  logger: Logger,
  { worker, limit, signal }: { readonly worker: number; readonly limit: number; readonly signal: AbortSignal },
): Promise<readonly ClaimedExecution[]> {
  let claim: Claim | undefined;
  try {
    return await dataSource.transaction(async (db) => {
      const taken = await takeDispatches(db, worker, limit);
      if (taken.length === 0) return [];
      const claimed = await begin(db, worker, taken);
      claim = { claimed, transaction: await currentTransaction(db) };
      return claimed;
    });
  } catch (error) {
    if (claim === undefined || !isConnectionLost(error)) throw error;
    logger.warn(
      { err: error, executions: claim.claimed.length },
      'connection lost while claiming; finding out what became of it',
    );
    return settle(dataSource, claim, signal);
  }
}

async function begin(db: EntityManager, worker: number, taken: readonly number[]): Promise<ClaimedExecution[]> {
  const moves = taken.map((id) => ({ id, status: 'running' as const }));
  const begun = await moveExecutions(db, moves, { from: ['scheduled'], worker });
  const executions = await findExecutions(db, begun);
  const actions = new Map(
    (await findActions(db, [...new Set(executions.map(({ action_ref }) => action_ref))])).map((action) => [
      action.ref,
      action,
    ]),
  );
  const known = [...actions.values()];
  const keys = await listInjectedKeys(
    db,
    [...new Set(known.map(({ pack }) => pack))],
    known.map(({ id }) => id),
  );
  const withSecrets = executions.filter(({ config }) => JSON.stringify(config).includes('"$attune_secret"'));
  const secrets =
    withSecrets.length === 0
      ? []
      : await listParameterSecrets(
          db,
          withSecrets.map(({ id }) => id),
        );
  return executions.map((execution) => {
    const action = actions.get(execution.action_ref) ?? null;
    return {
      execution,
      action,
      keys: keys.filter((key) => isFor(key.pack, action?.pack) && isFor(key.action, action?.id)),
      secrets: secrets.filter((secret) => secret.execution === execution.id),
    };
  });
}

function isFor(owner: number | null, wanted: number | undefined): boolean {
  return owner === null || owner === wanted;
}

async function settle(
  dataSource: DataSource,
  { transaction, claimed }: Claim,
  signal: AbortSignal,
): Promise<readonly ClaimedExecution[]> {
  while (!signal.aborted) {
    await delay(OUTAGE_PAUSE_MS);
    const fate = await transactionFate(dataSource, transaction).catch((error: unknown) => {
      if (isConnectionLost(error)) return 'in progress' as const;
      throw error;
    });
    if (fate === 'committed') return claimed;
    if (fate !== 'in progress') return [];
  }
  // Left to the monitor, which abandons what a worker that is gone had begun.
  return [];
}
