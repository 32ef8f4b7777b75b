import { type Logger } from '@attune/common';
import { type DataSource, type EntityManager } from 'typeorm';
import { lockPack } from '../load/sql/lock-pack.sql.js';
import { type FileContent, FileEdit } from './file-edit.js';
import { settleOthers } from './move-pack.js';
import { currentTransaction, transactionState } from './sql/transaction-state.sql.js';
import { StagingArea } from './staging-area.js';

/** What an edit of rows and files needs. */
export interface EditStorage {
  readonly dataSource: DataSource;
  readonly packsBaseDirectory: string;
  readonly logger: Logger;
}

/** Points at which an edit can be looked at, or killed, from outside. */
export type EditStep = 'changed' | 'journaled' | 'in-place' | 'committed';

export interface PackFileChange<Result> {
  readonly ref: string;
  /** Changes rows, and says which files are to say the same. Whatever it throws leaves rows and files as they were. */
  readonly change: (db: EntityManager) => Promise<{ readonly result: Result; readonly files: readonly FileContent[] }>;
  readonly onStep?: (step: EditStep) => void | Promise<void>;
}

/**
 * Changes rows and a few files of a pack together: a process killed at any moment leaves both as they were or both changed, at the
 * latest after the next edit of the pack or the next start (`recoverPackEdits`). Every file is replaced at once. Edits of
 * one pack wait for each other and for loads of it.
 */
export async function editPackFiles<Result>(
  storage: EditStorage,
  { ref, change, onStep }: PackFileChange<Result>,
): Promise<Result> {
  const { dataSource, packsBaseDirectory } = storage;
  try {
    const result = await dataSource.transaction(async (db) => {
      await lockPack(db, ref);
      await settleOthers(db, new StagingArea(packsBaseDirectory), ref);
      await settleEdits(db, packsBaseDirectory, ref);
      const changed = await change(db);
      await onStep?.('changed');
      const edit = await FileEdit.open(packsBaseDirectory, ref);
      await edit.prepare(await currentTransaction(db), changed.files);
      await onStep?.('journaled');
      await edit.apply(changed.files);
      await onStep?.('in-place');
      return changed.result;
    });
    await onStep?.('committed');
    return result;
  } finally {
    await settleSafely(storage, ref);
  }
}

/** Ends what killed processes left half done. Safe to call at once from several processes, and while others edit. */
export async function recoverPackEdits(storage: EditStorage): Promise<void> {
  const refs = new Set((await FileEdit.list(storage.packsBaseDirectory)).map(({ ref }) => ref));
  for (const ref of refs) await settleSafely(storage, ref);
}

/** Asks the database how the transactions ended, because a lost connection does not tell. */
async function settleSafely({ dataSource, packsBaseDirectory, logger }: EditStorage, ref: string): Promise<void> {
  try {
    await dataSource.transaction(async (db) => {
      await lockPack(db, ref);
      await settleEdits(db, packsBaseDirectory, ref);
    });
  } catch (error) {
    logger.warn(
      { packRef: ref, err: error },
      'files of an edited pack could not be tidied up; that is done at the next start',
    );
  }
}

/** Makes the files agree with how each transaction ended. `db` holds the lock of the pack, so they are all over. */
export async function settleEdits(db: EntityManager, packsBaseDirectory: string, ref: string): Promise<void> {
  for (const { edit } of await FileEdit.list(packsBaseDirectory, ref)) {
    const transaction = await edit.readTransaction();
    if (transaction !== null && (await transactionState(db, transaction)) === 'aborted') await edit.undo();
    await edit.remove();
  }
}
