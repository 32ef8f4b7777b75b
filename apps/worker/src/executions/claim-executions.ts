import { beginExecutions, type DispatchRoom, isConnectionLost, type Logger, takeDispatches } from '@attune/common';
import { holdsRedactedSecret } from '@attune/engine';
import { setTimeout as delay } from 'node:timers/promises';
import { type DataSource, type EntityManager } from 'typeorm';
import { type ClaimedExecution } from './claimed-execution.js';
import { withExactParameters } from './exact-parameters.js';
import { listHeld } from './sql/held-executions.sql.js';
import { listClaimedActions } from './sql/list-claimed-actions.sql.js';
import { listParameterSecrets } from './sql/secret-values.sql.js';

/** Pause (ms) between two questions to a database that is away. */
const OUTAGE_PAUSE_MS = 500;

/** How often it is asked after the stop: a claim nobody runs would have to be abandoned, but stopping has a deadline. */
const ATTEMPTS_WHEN_STOPPING = 4;

/** What one claim has brought. */
export interface Claim {
  readonly executions: readonly ClaimedExecution[];
  /** Dispatches taken: more than executions when some were cancelled meanwhile. */
  readonly taken: number;
}

const NOTHING: Claim = { executions: [], taken: 0 };

/**
 * Takes the dispatches of a worker there is room for and moves their executions to `running`, in one transaction; whatever this returns is to
 * be started exactly once, by the caller. An execution that was cancelled meanwhile loses its dispatch and is not returned.
 *
 * A connection lost at the commit leaves open whether it happened. The rows know, so they are asked until they answer: taking the
 * executions for unclaimed would leave them `running` with nobody to run them. (Not the transaction's id: after a crash of the
 * server the id of a transaction that was lost may be given to another one.) A worker must have one claim at a time.
 */
export async function claimExecutions(
  dataSource: DataSource,
  logger: Logger,
  { worker, room, signal }: { readonly worker: number; readonly room: DispatchRoom; readonly signal: AbortSignal },
): Promise<Claim> {
  let claim: Claim | undefined;
  try {
    return await dataSource.transaction(async (db) => {
      claim = undefined;
      const taken = await takeDispatches(db, worker, room);
      if (taken.length === 0) return NOTHING;
      claim = { executions: await begin(db, worker, taken), taken: taken.length };
      return claim;
    });
  } catch (error) {
    if (claim === undefined || !isConnectionLost(error)) throw error;
    logger.warn(
      { err: error, executions: claim.executions.length },
      'connection lost while claiming; finding out what became of it',
    );
    return { ...claim, executions: await settle(dataSource, logger, claim.executions, { worker, signal }) };
  }
}

async function begin(db: EntityManager, worker: number, taken: readonly number[]): Promise<ClaimedExecution[]> {
  const executions = await withExactParameters(db, await beginExecutions(db, taken, worker));
  if (executions.length === 0) return [];
  const known = await listClaimedActions(db, [...new Set(executions.map(({ action_ref }) => action_ref))]);
  const actions = new Map(known.map((action) => [action.ref, action]));
  const withSecrets = executions.filter(({ config }) => holdsRedactedSecret(config));
  const secrets =
    withSecrets.length === 0
      ? []
      : await listParameterSecrets(
          db,
          withSecrets.map(({ id }) => id),
        );
  const secretsOf = Map.groupBy(secrets, ({ execution }) => execution);
  return executions.map((execution) => ({
    execution,
    action: actions.get(execution.action_ref) ?? null,
    secrets: secretsOf.get(execution.id) ?? [],
  }));
}

/** Asks again whatever the error is (a deadlock, a timeout): nobody else would run what was claimed. */
async function settle(
  dataSource: DataSource,
  logger: Logger,
  claim: readonly ClaimedExecution[],
  { worker, signal }: { readonly worker: number; readonly signal: AbortSignal },
): Promise<readonly ClaimedExecution[]> {
  const ids = claim.map(({ execution }) => execution.id);
  let isTold = false;
  for (let whenStopping = 0; whenStopping < ATTEMPTS_WHEN_STOPPING; whenStopping += signal.aborted ? 1 : 0) {
    await delay(OUTAGE_PAUSE_MS);
    try {
      const held = new Set(await listHeld(dataSource, ids, worker));
      return claim.filter(({ execution }) => held.has(execution.id));
    } catch (error) {
      // Of the lost connection was told before.
      if (isTold || isConnectionLost(error)) continue;
      isTold = true;
      logger.warn({ err: error, executions: ids.length }, 'cannot find out what became of a claim; trying again');
    }
  }
  // Left to the monitor, which abandons what a worker that is gone had begun.
  return [];
}
