/**
 * What must hold when everything has come to rest. The statement gives a row `(text, ids)` for each breach; it sees the tables
 * of the product and those of `prepareTables`.
 */
export interface Invariant {
  readonly name: string;
  readonly statement: string;
}
