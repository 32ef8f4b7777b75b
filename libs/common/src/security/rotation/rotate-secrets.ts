import { type Database } from '../../database/run.js';
import { type SecretBox, SecretBoxError } from '../secret-box.js';
import { type ResealedRow, type SealedRow, type SealedStore } from './sealed-store.js';
import { SEALED_STORES } from './sealed-stores.js';

const BATCH_SIZE = 1_000;
/** Two are usual: one that does it, one that finds nothing. */
const MOST_PASSES = 20;
/** Unreadable rows that are named; more help nobody. */
const NAMED = 100;

/** A row that no configured key opens. */
export interface UnreadableRow {
  readonly table: string;
  readonly id: number;
  readonly name: string;
}

export interface Unreadable {
  readonly count: number;
  /** The first hundred. */
  readonly rows: readonly UnreadableRow[];
}

/** How many rows of a table were sealed again. */
export interface ResealedCount {
  readonly table: string;
  readonly count: number;
  /** False: somebody kept sealing with an old key for as long as we looked. */
  readonly isComplete: boolean;
}

/** Finds the rows that could not be sealed again because nothing opens them. Changes nothing. */
export async function findUnreadableSecrets(db: Database, box: SecretBox): Promise<Unreadable> {
  const rows: UnreadableRow[] = [];
  let count = 0;
  for (const store of SEALED_STORES) {
    for await (const batch of batchesOf(db, store, box)) {
      const unreadable = batch.filter((row) => attempt(store, box, row) === UNREADABLE);
      count += unreadable.length;
      rows.push(...unreadable.slice(0, NAMED - rows.length).map(({ id, name }) => ({ table: store.table, id, name })));
    }
  }
  return { count, rows };
}

/**
 * Seals everything with the current key, while services read and write. Each batch is one statement that leaves alone what
 * somebody has changed meanwhile, so it may be stopped anywhere and called again. What cannot be opened stays as it is.
 */
export async function resealSecrets(db: Database, box: SecretBox): Promise<ResealedCount[]> {
  const counts: ResealedCount[] = [];
  for (const store of SEALED_STORES) {
    counts.push(await resealStore(db, store, box));
  }
  return counts;
}

/** Again until there is nothing left: rows may have come or changed behind the place we had reached. */
async function resealStore(db: Database, store: SealedStore, box: SecretBox): Promise<ResealedCount> {
  let count = 0;
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const resealed = await resealOnce(db, store, box);
    if (resealed === 0) return { table: store.table, count, isComplete: true };
    count += resealed;
  }
  return { table: store.table, count, isComplete: false };
}

async function resealOnce(db: Database, store: SealedStore, box: SecretBox): Promise<number> {
  let count = 0;
  for await (const batch of batchesOf(db, store, box)) {
    const rows = batch.flatMap((row): ResealedRow[] => {
      const after = attempt(store, box, row);
      return after === null || after === UNREADABLE ? [] : [{ id: row.id, before: row.stored, after }];
    });
    if (rows.length > 0) count += await store.replace(db, box.keyHash, rows);
  }
  return count;
}

async function* batchesOf(db: Database, store: SealedStore, box: SecretBox): AsyncGenerator<readonly SealedRow[]> {
  let after = 0;
  for (;;) {
    const rows = await store.list(db, box.keyHash, after, BATCH_SIZE);
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)?.id ?? after;
  }
}

const UNREADABLE = Symbol('unreadable');

function attempt(store: SealedStore, box: SecretBox, { stored }: SealedRow): string | null | typeof UNREADABLE {
  try {
    return store.reseal(box, stored);
  } catch (error) {
    if (error instanceof SecretBoxError) return UNREADABLE;
    throw error;
  }
}
