import { startLoadGenerator } from './load/load-generator.js';
import { batchSource, webhookSource } from './measure/event-source.js';
import { measureLatency } from './measure/latency.js';
import { measureThroughput, type Throughput } from './measure/throughput.js';
import { type BenchOptions, readOptions } from './options.js';
import { measurePeer } from './peers/measure-peer.js';
import { PEER_NAMES } from './peers/peer-list.js';
import { startProductUnderTest } from './product/product-under-test.js';
import { createScenario } from './product/scenario.js';
import { reportLatency } from './report/report-latency.js';
import { reportPeer } from './report/report-peer.js';
import { reportRatios } from './report/report-ratios.js';
import { reportThroughput } from './report/report-throughput.js';
import { Report } from './report/report.js';
import { type BenchServer, openBenchServer } from './server/bench-server.js';
import { insertedRowsPerSecond } from './server/pgbench.js';

/**
 * Measures the whole path, event → rule → execution → worker → completed, for `core.noop`, next to what the same server
 * does with bare inserts and with other libraries' no-op jobs in the same run. Absolute figures say little about another
 * machine; the ratios can be compared.
 */
async function main(): Promise<void> {
  const options = readOptions();
  const report = new Report(options.jsonPath);
  const server = await openBenchServer(options);
  try {
    report.section(`${server.description}; ${options.slots} worker slots`);
    await measureInserts(server, options, report);
    await measureProduct(server, options, report);
    for (const name of PEER_NAMES.filter((peer) => isWanted(options, peer))) {
      const load = { jobs: options.peerJobs, callers: options.connections, batchSize: options.batchSize };
      const runs = await measurePeer(server, name, load);
      reportPeer(report, runs);
    }
    reportRatios(report);
  } finally {
    await server.stop();
    await report.save();
  }
}

const isWanted = ({ only }: BenchOptions, part: string): boolean => only?.has(part) ?? true;

const INSERTS = [
  { name: 'pgbench insert-commit/s, 1 client', clients: 1, rows: 1 },
  { name: 'pgbench insert-commit/s, 8 clients', clients: 8, rows: 1 },
  { name: 'pgbench rows/s, 1 client, 500 rows an insert', clients: 1, rows: 500 },
];

async function measureInserts(server: BenchServer, options: BenchOptions, report: Report): Promise<void> {
  if (!isWanted(options, 'pgbench')) return;
  const databaseUrl = await server.createDatabase('inserts');
  for (const { name, clients, rows } of INSERTS) {
    const rate = await insertedRowsPerSecond(databaseUrl, { clients, rows, seconds: options.amount.seconds });
    report.line(name, rate?.toFixed(0) ?? 'pgbench is not installed');
    if (rate !== null) report.rate(name, rate);
  }
  await server.dropDatabase('inserts');
}

/** Latency at half load needs to know the load, so it brings the single posts along. */
async function measureProduct(server: BenchServer, options: BenchOptions, report: Report): Promise<void> {
  const [batch, latency] = ['batch', 'latency'].map((part) => isWanted(options, part));
  const single = latency || isWanted(options, 'single');
  if (!batch && !single) return;
  const { slots, environment, amount } = options;
  const product = await startProductUnderTest(server, { name: 'product', slots, environment });
  const generator = startLoadGenerator();
  try {
    const scenario = await createScenario(product.client, 'noop', 'core.noop');
    const batches = await batchSource(product, scenario, { events: options.batchSize, connections: 4 });
    const webhook = webhookSource(product, scenario, options.connections);
    const keep = (run: Throughput): Throughput => {
      reportThroughput(report, run);
      report.rate(`Attune, ${run.name}`, run.executionsPerSecond);
      return run;
    };
    if (batch && batches) keep(await measureThroughput(product, generator, batches, amount));
    if (batch && !batches) report.section('event → completed, batches: no batch endpoint');
    if (!single) return;
    const { executionsPerSecond } = keep(await measureThroughput(product, generator, webhook, amount));
    if (!latency) return;
    const half = executionsPerSecond / 2;
    for (const load of [
      { name: 'idle', perSecond: 5, samples: options.latencySamples },
      { name: 'at half load', perSecond: half, samples: Math.ceil(half * amount.seconds) },
    ]) {
      reportLatency(report, await measureLatency(product, generator, webhook, load));
    }
  } finally {
    generator.stop();
    await product.stop();
  }
}

await main();
