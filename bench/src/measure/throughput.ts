import { processorCount } from '../cpu/machine-times.js';
import { type LoadGenerator } from '../load/load-generator.js';
import { waitUntilDrained } from '../product/drained-executions.js';
import { type ProductUnderTest } from '../product/product-under-test.js';
import { countDatabaseWork } from '../server/database-counters.js';
import { type EventSource } from './event-source.js';

export interface Throughput {
  readonly name: string;
  readonly executions: number;
  /** From the first request to the last completed execution. */
  readonly seconds: number;
  readonly executionsPerSecond: number;
  /** While events were accepted. */
  readonly acceptedPerSecond: number;
  /** CPU microseconds for each execution, by group of processes of the product and its database. */
  readonly cpuPerExecution: Readonly<Record<string, number>>;
  /** All of these. */
  readonly totalCpuPerExecution: number;
  readonly loadGeneratorCpuPerExecution: number;
  /** Share of the machine's processors that others used: bench, kernel, strangers. */
  readonly strangersShare: number;
  readonly writeTransactionsPerSecond: number;
  readonly commitsPerSecond: number;
  readonly walBytesPerExecution: number;
}

export interface Amount {
  /** How long (s) the work should last. */
  readonly seconds: number;
  /** So many executions instead, whatever time they take. */
  readonly executions: number | null;
}

/** Warms up, finds out how much work lasts long enough, and measures that. */
export async function measureThroughput(
  product: ProductUnderTest,
  generator: LoadGenerator,
  source: EventSource,
  amount: Amount,
): Promise<Throughput> {
  await runOnce(product, generator, source, WARM_UP_EXECUTIONS);
  const { executionsPerSecond } = await runOnce(product, generator, source, WARM_UP_EXECUTIONS);
  // The first runs are the slowest, so what they promise for the time is rather too little: a second look corrects it.
  const second = await runOnce(product, generator, source, Math.max(WARM_UP_EXECUTIONS, executionsPerSecond * 2));
  const executions = amount.executions ?? Math.ceil(second.executionsPerSecond * amount.seconds);
  return runOnce(product, generator, source, executions);
}

const WARM_UP_EXECUTIONS = 200;

async function runOnce(
  product: ProductUnderTest,
  generator: LoadGenerator,
  source: EventSource,
  wanted: number,
): Promise<Throughput> {
  const count = Math.ceil(wanted / source.eventsPerRequest);
  const executions = count * source.eventsPerRequest;
  const databaseWork = await countDatabaseWork(product.database);
  const cpuUse = await product.cpu.start();
  const { request, connections } = source;
  const load = await generator.run({ request, count, connections, perSecond: null });
  const endedAt = await waitUntilDrained(product.database, load.firstSentAt, executions);
  const cpu = await cpuUse();
  const work = await databaseWork();
  const seconds = (endedAt - load.firstSentAt) / 1000;
  const groups = Object.entries(cpu.groups);
  const total = groups.reduce((sum, [, used]) => sum + used, 0);
  return {
    name: source.name,
    executions,
    seconds,
    executionsPerSecond: executions / seconds,
    acceptedPerSecond: (executions / (load.lastAnsweredAt - load.firstSentAt)) * 1000,
    cpuPerExecution: Object.fromEntries(groups.map(([name, used]) => [name, used / executions])),
    totalCpuPerExecution: total / executions,
    loadGeneratorCpuPerExecution: load.cpu / executions,
    strangersShare: Math.max(0, cpu.machine - total - load.cpu) / (seconds * 1_000_000 * processorCount()),
    writeTransactionsPerSecond: work.writeTransactions / seconds,
    commitsPerSecond: work.commits / seconds,
    walBytesPerExecution: work.walBytes / executions,
  };
}
