/** One HTTP request that is sent again and again. */
export interface LoadRequest {
  /** @default POST */
  readonly method?: 'GET' | 'POST';
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the load generator is to do. */
export interface LoadCommand {
  readonly request: LoadRequest;
  readonly count: number;
  readonly connections: number;
  /** Null: each connection sends its next request when the last one is answered. A number: that many a second, come what may. */
  readonly perSecond: number | null;
}

/** What came of it. Times are milliseconds since 1970. */
export interface LoadOutcome {
  readonly firstSentAt: number;
  readonly lastAnsweredAt: number;
  /** CPU time (µs) of the load generator. */
  readonly cpu: number;
  /** Of a closed load: how long (ms) each answer took. */
  readonly latencies: readonly number[];
  /** Of an open load: the event and when its request was due. Empty otherwise. */
  readonly sent: readonly (readonly [eventId: number, sentAt: number])[];
}

export type LoadReply =
  { readonly type: 'done'; readonly outcome: LoadOutcome } | { readonly type: 'failed'; readonly message: string };
