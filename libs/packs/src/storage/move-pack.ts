import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { currentTransaction, transactionState } from './sql/transaction-state.sql.js';
import { type Staging, type StagingArea, type StagingJournal } from './staging-area.js';

/** Points at which a move can be looked at, or killed, from outside. */
export type MoveStep = 'journaled' | 'set-aside' | 'in-place';

export interface Move {
  readonly ref: string;
  /** The new files stand ready in the staging directory; false: the pack is taken away. */
  readonly hasFiles: boolean;
  readonly onStep?: ((step: MoveStep) => void | Promise<void>) | undefined;
}

/**
 * Exchanges the live files of a pack, as the last thing before the commit of the transaction that changes its rows. The
 * old files stay in the staging directory until `settle` is called after the end of that transaction, by this process or,
 * when it was killed, by the next one that starts or touches the pack. So rows and files are both the old or both
 * the new ones.
 *
 * The transaction must hold the lock of the pack: that is what keeps moves of one pack apart.
 */
export async function movePack(
  db: EntityManager,
  area: StagingArea,
  staging: Staging,
  { ref, hasFiles, onStep }: Move,
): Promise<void> {
  await settleOthers(db, area, ref);
  await staging.writeJournal({ ref, transaction: await currentTransaction(db) });
  await onStep?.('journaled');
  await moved(area.live(ref), staging.replaced);
  await onStep?.('set-aside');
  if (hasFiles) await rename(join(staging.incoming, ref), area.live(ref));
  await onStep?.('in-place');
}

/**
 * Ends what others left half done about a pack: it would be undone later, on top of what is done now. The caller has
 * written no journal yet.
 */
export async function settleOthers(db: EntityManager, area: StagingArea, ref: string): Promise<void> {
  for (const staging of await area.list()) {
    const journal = await staging.readJournal();
    if (journal?.ref === ref) await settle(db, area, staging, journal);
  }
}

/**
 * Makes the files agree with how the transaction of a move ended, and removes the staging directory. Safe to call again
 * after it was interrupted. `db` must be a transaction that holds the lock of the pack, so the other one is over.
 */
export async function settle(
  db: EntityManager,
  area: StagingArea,
  staging: Staging,
  { ref, transaction }: StagingJournal,
): Promise<void> {
  const state = await transactionState(db, transaction);
  if (state === 'in progress') return;
  if (state === 'aborted') await undo(area.live(ref), staging, ref);
  await staging.remove();
}

/** Every state a kill can leave, also one in the middle of this very function, leads to the old files. */
async function undo(live: string, staging: Staging, ref: string): Promise<void> {
  const hasOld = await exists(staging.replaced);
  if (!hasOld && ((await exists(staging.rejected)) || !(await hasMovedIn(staging, ref)))) return;
  await moved(live, staging.rejected);
  if (hasOld) await rename(staging.replaced, live);
}

const hasMovedIn = async ({ incoming }: Staging, ref: string): Promise<boolean> =>
  (await exists(incoming)) && !(await exists(join(incoming, ref)));

/** Renames a directory. false: it is not there. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
