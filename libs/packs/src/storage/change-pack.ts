import { type Logger, messageOf } from '@attune/common';
import { type DataSource, type EntityManager } from 'typeorm';
import { lockPack } from '../load/sql/lock-pack.sql.js';
import { settleEdits } from './edit-pack-files.js';
import { type Move, movePack, type MoveStep, settle, settleOthers } from './move-pack.js';
import { type Staging, type StagingArea } from './staging-area.js';

export type ChangeStep = 'changed' | MoveStep | 'committed';

export interface PackChange<Result> extends Omit<Move, 'onStep'> {
  /** Changes the rows of the pack. Whatever it throws leaves rows and files as they were. */
  readonly change: (db: EntityManager) => Promise<Result>;
  readonly onStep?: (step: ChangeStep) => void | Promise<void>;
}

/** What a change of rows and files needs. */
export interface PackStorage {
  readonly dataSource: DataSource;
  readonly area: StagingArea;
  readonly logger: Logger;
}

/**
 * Changes rows and files of a pack together: a process killed at any moment leaves both as they were or both changed, at
 * the latest after the next start (`recoverPackFiles`). Changes of one pack wait for each other. The staging directory
 * is gone afterwards.
 */
export async function changePack<Result>(
  { dataSource, area, logger }: PackStorage,
  staging: Staging,
  { ref, hasFiles, change, onStep }: PackChange<Result>,
): Promise<Result> {
  try {
    const result = await dataSource.transaction(async (db) => {
      await lockPack(db, ref);
      await settleEdits(db, area.packsBaseDirectory, ref);
      const changed = await change(db);
      await onStep?.('changed');
      await movePack(db, area, staging, { ref, hasFiles, onStep });
      return changed;
    });
    await onStep?.('committed');
    return result;
  } finally {
    await settleNow(dataSource, area, staging).catch((error: unknown) =>
      logger.warn(
        { packRef: ref, err: error, problem: messageOf(error) },
        'files of a changed pack could not be tidied up; that is done at the next start',
      ),
    );
  }
}

/** Changes the rows of a pack whose live files stay what they are. */
export async function changePackRows<Result>(
  { dataSource, area }: PackStorage,
  ref: string,
  change: (db: EntityManager) => Promise<Result>,
): Promise<Result> {
  return dataSource.transaction(async (db) => {
    await lockPack(db, ref);
    await settleOthers(db, area, ref);
    await settleEdits(db, area.packsBaseDirectory, ref);
    return change(db);
  });
}

/** Asks the database how the transaction ended, because a lost connection does not tell. */
async function settleNow(dataSource: DataSource, area: StagingArea, staging: Staging): Promise<void> {
  const journal = await staging.readJournal();
  if (journal === null) {
    await staging.remove();
    return;
  }
  await dataSource.transaction(async (db) => {
    await lockPack(db, journal.ref);
    await settle(db, area, staging, journal);
  });
}

/**
 * Ends what killed processes left half done: moves are completed or undone as their transactions ended, and what was
 * never moved is removed. Safe to call at once from several processes, and while others change packs.
 */
export async function recoverPackFiles({ dataSource, area, logger }: PackStorage): Promise<void> {
  for (const staging of await area.list()) {
    try {
      const journal = await staging.readJournal();
      if (journal === null && !(await staging.isAbandoned())) continue;
      await settleNow(dataSource, area, staging);
      logger.info({ packRef: journal?.ref, directory: staging.directory }, 'unfinished change of a pack tidied up');
    } catch (error) {
      logger.error({ err: error, directory: staging.directory }, 'unfinished change of a pack cannot be tidied up');
    }
  }
}
