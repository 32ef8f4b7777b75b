/** Keys of the advisory locks, all in one place so that no two meanings share a number. */
export const ADVISORY_LOCK = {
  /** Held while the schema is brought up to date. */
  migration: 7_821_000,
  /** Held by the one process that does the time-series maintenance. */
  maintenance: 7_821_001,
  /** Held while the first administrator and the bundled packs are put in place. */
  bootstrap: 7_821_002,
} as const;
