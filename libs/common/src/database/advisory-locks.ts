/** Keys of the advisory locks, all in one place so that no two meanings share a number. */
export const ADVISORY_LOCK = {
  /** Held while the schema is brought up to date. */
  migration: 7_821_000,
  /** Held by the one process that does the time-series maintenance. */
  maintenance: 7_821_001,
  /** Held while the first administrator and the bundled packs are put in place. */
  bootstrap: 7_821_002,
  /** Held by the one process that looks for work without a message: two at once would announce it twice. */
  recovery: 7_821_003,
  /** Held while somebody is changed who may be the last one that manages permissions: two at once would spare nobody. */
  permissionManagers: 7_821_040,
} as const;

/**
 * Locks of which there is one for each name: the key is `hashtextextended(name, seed)`, 64 bits, so that neither two names nor
 * a name and one of the numbers above meet.
 */
export const ADVISORY_LOCK_SEED = {
  /** Held by a worker for its life, under its name. */
  worker: 7_821_100,
  /** Held for one round of retention, under the number an operator chose: processes with the same number take turns. */
  retention: 7_821_101,
} as const;
