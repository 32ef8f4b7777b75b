/** `timescale`: TimescaleDB with its community licence; `apache`: its Apache edition; `plain`: PostgreSQL alone. */
export const DATABASE_KINDS = ['plain', 'timescale', 'apache'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** What the global setup tells the workers: they inherit its environment. */
export const VARIABLE = {
  /** Address of the process that starts servers on demand. */
  control: 'ATTUNE_TEST_CONTROL',
  /** Kinds on offer, separated by commas. */
  kinds: 'ATTUNE_TEST_KINDS',
  /** A file whose existence means that a spec asked for the kinds. */
  asked: 'ATTUNE_TEST_KINDS_ASKED',
  /** Set by the developer: a running TimescaleDB to use instead of a private one. */
  externalUrl: 'ATTUNE_TEST__TIMESCALE_URL',
  /** Address of a running RabbitMQ, `private` where one can be started, or empty. */
  broker: 'ATTUNE_TEST_BROKER',
  /** A file whose existence means that a spec asked for the broker. */
  brokerAsked: 'ATTUNE_TEST_BROKER_ASKED',
  /** Set by the developer: a running RabbitMQ to use instead of the machine's or a private one. */
  externalBroker: 'ATTUNE_TEST_AMQP_URL',
} as const;

/** The variable, or an error that tells how to get it. */
export function setupVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(
      "no test run: jest.config.mjs needs globalSetup: '<rootDir>/jest.global-setup.mjs' and its teardown",
    );
  }
  return value;
}
