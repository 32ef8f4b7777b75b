import { parseArgs } from 'node:util';
import { type Amount } from './measure/throughput.js';

/** Options that all benchmarks share. */
export interface BenchOptions {
  /** Names of the parts to run; null: all. */
  readonly only: ReadonlySet<string> | null;
  readonly amount: Amount;
  readonly slots: number;
  readonly connections: number;
  readonly batchSize: number;
  readonly peerJobs: number;
  readonly latencySamples: number;
  readonly processSlots: readonly number[];
  /** Stored executions to measure at. */
  readonly sizes: readonly number[];
  /** Superuser's address of a server to use; null: the embedded one. */
  readonly databaseUrl: string | null;
  /** Programs of a PostgreSQL with TimescaleDB to start instead of the embedded one. */
  readonly timescaledbBin: string | null;
  /** Settings of the services. */
  readonly environment: Readonly<Record<string, string>>;
  readonly jsonPath: string | null;
}

const HELP = `Options:
  --only=a,b              parts of bench:engine: pgbench, batch, single, latency, graphile-worker, pg-boss, dbos
  --seconds=10            how long the work of one measurement should last
  --executions=N          so many executions instead
  --slots=64              worker.max_concurrent_tasks
  --connections=64        keep-alive connections of the load generator, and callers of a peer
  --batch-size=500        events (and peers' jobs) in one request
  --peer-jobs=20000       no-op jobs of each peer
  --latency-samples=100   requests sent to the idle product
  --process-slots=2,10    slots to measure process actions with
  --sizes=10000,100000,1000000   stored executions of bench:history-size
  --database-url=URL      a server to use instead of the embedded one (or ATTUNE_BENCH_DATABASE_URL); its role is superuser
  --timescaledb-bin=DIR   a PostgreSQL with TimescaleDB to start instead of the embedded one
  --transport=postgres    messaging.transport; with --broker-url=URL as messaging.url
  --set=ATTUNE__X__Y=Z    any other setting of the services; may be given again
  --json=PATH             also writes the raw figures there`;

const text = { type: 'string' } as const;
const textOr = (value: string) => ({ type: 'string', default: value }) as const;

const DEFINITIONS = {
  help: { type: 'boolean', default: false },
  only: text,
  seconds: textOr('10'),
  executions: text,
  slots: textOr('64'),
  connections: textOr('64'),
  'batch-size': textOr('500'),
  'peer-jobs': textOr('20000'),
  'latency-samples': textOr('100'),
  'process-slots': textOr('2,10'),
  sizes: textOr('10000,100000,1000000'),
  'database-url': text,
  'timescaledb-bin': text,
  transport: text,
  'broker-url': text,
  set: { type: 'string', multiple: true, default: [] as string[] },
  json: text,
} as const;

/** Reads the command line; prints help and leaves when asked to. */
export function readOptions(): BenchOptions {
  const { values } = parseArgs({ options: DEFINITIONS });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  return {
    only: values.only === undefined ? null : new Set(values.only.split(',')),
    amount: {
      seconds: wholeNumber(values.seconds),
      executions: values.executions === undefined ? null : wholeNumber(values.executions),
    },
    slots: wholeNumber(values.slots),
    connections: wholeNumber(values.connections),
    batchSize: wholeNumber(values['batch-size']),
    peerJobs: wholeNumber(values['peer-jobs']),
    latencySamples: wholeNumber(values['latency-samples']),
    processSlots: values['process-slots'].split(',').map(wholeNumber),
    sizes: values.sizes.split(',').map(wholeNumber),
    databaseUrl: values['database-url'] ?? process.env['ATTUNE_BENCH_DATABASE_URL'] ?? null,
    timescaledbBin: values['timescaledb-bin'] ?? null,
    environment: {
      ...(values.transport === undefined ? {} : { ATTUNE__MESSAGING__TRANSPORT: values.transport }),
      ...(values['broker-url'] === undefined ? {} : { ATTUNE__MESSAGING__URL: values['broker-url'] }),
      ...Object.fromEntries(values.set.map(setting)),
    },
    jsonPath: values.json ?? null,
  };
}

/** @throws Error for anything else */
function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`"${text}" is no whole number`);
  return Number(text);
}

function setting(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`"${text}" is not NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}
