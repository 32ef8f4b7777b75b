/** What a process of a peer is told. Each command but `stop` is answered by one reply. */
export type PeerCommand =
  | { readonly type: 'prepare' }
  | { readonly type: 'open-client' }
  | { readonly type: 'start-worker' }
  /** Adds `jobs` jobs one by one over `callers` at once, or in batches of `batchSize` where that is not null. */
  | { readonly type: 'add'; readonly jobs: number; readonly callers: number; readonly batchSize: number | null }
  /** Answered when that many jobs more than at the last such command were handled. */
  | { readonly type: 'await-handled'; readonly jobs: number }
  | { readonly type: 'stop' };

export type PeerReply =
  { readonly type: 'done'; readonly hasBatches: boolean } | { readonly type: 'failed'; readonly message: string };
