import { type Database } from '../../database/run.js';
import { type SecretBox } from '../secret-box.js';

/** A row that holds sealed secrets. */
export interface SealedRow {
  readonly id: number;
  /** How an operator finds the row. */
  readonly name: string;
  /** As it is stored, as text. */
  readonly stored: string;
}

/** A row whose secrets were sealed again. */
export interface ResealedRow {
  readonly id: number;
  readonly before: string;
  readonly after: string;
}

/** One table with sealed secrets. Whatever is sealed anywhere has an entry in `SEALED_STORES`. */
export interface SealedStore {
  readonly table: string;
  /** Rows after an id, by id, that the current key may not have sealed. */
  list(db: Database, keyHash: string, afterId: number, limit: number): Promise<SealedRow[]>;
  /**
   * What the row should hold; null when the current key has sealed all of it.
   * @throws SecretBoxError when something in it cannot be opened
   */
  reseal(box: SecretBox, stored: string): string | null;
  /** Writes rows that still hold what they held before, and gives their number: who was faster has written something newer. */
  replace(db: Database, keyHash: string, rows: readonly ResealedRow[]): Promise<number>;
}

/** For columns that hold one sealed text. */
export const resealText = (box: SecretBox, stored: string): string | null => box.reseal(stored);
