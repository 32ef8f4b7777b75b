/** The broker of a run with the transport `rabbitmq`. */
export interface Broker {
  /** Settings of every service. */
  readonly environment: Readonly<Record<string, string>>;
  /** SIGKILL, and a start `pauseMs` later; null: a broker of somebody else's, which is left alone. */
  readonly crash: ((pauseMs: number) => Promise<void>) | null;
  close(): Promise<void>;
}

export const TRANSPORTS = ['postgres', 'rabbitmq'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** Uses the broker at `url`. A node of our own, to be killed, belongs here: it gives a `crash`. */
export function brokerAt(url: string): Broker {
  return {
    environment: { ATTUNE__MESSAGING__TRANSPORT: 'rabbitmq', ATTUNE__MESSAGING__URL: url },
    crash: null,
    close: () => Promise.resolve(),
  };
}
