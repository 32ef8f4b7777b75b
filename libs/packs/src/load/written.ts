/** The pack whose rows are written. */
export interface PackKey {
  readonly id: number;
  readonly ref: string;
}

/** A row that is new or was changed; rows that were right already are not among them. */
export interface Written {
  readonly id: number;
  readonly ref: string;
}
