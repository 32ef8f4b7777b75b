import { type Pool } from 'pg';
import { fillHistory } from './history/fill-history.js';
import { startLoadGenerator } from './load/load-generator.js';
import { batchSource, webhookSource } from './measure/event-source.js';
import { measureThroughput, type Throughput } from './measure/throughput.js';
import { type BenchOptions, readOptions } from './options.js';
import { startProductUnderTest } from './product/product-under-test.js';
import { createScenario } from './product/scenario.js';
import { reportThroughput } from './report/report-throughput.js';
import { Report } from './report/report.js';
import { type BenchServer, openBenchServer } from './server/bench-server.js';

/** What an execution costs with few and with many stored ones. Each size has a fresh database of the same server. */
async function main(): Promise<void> {
  const options = readOptions();
  const report = new Report(options.jsonPath);
  const server = await openBenchServer(options);
  try {
    report.section(`${server.description}; ${options.slots} worker slots`);
    const runs: Throughput[] = [];
    for (const size of options.sizes) runs.push(await measureAt(size, server, options, report));
    reportRatios(report, options.sizes, runs);
  } finally {
    await server.stop();
    await report.save();
  }
}

async function measureAt(
  size: number,
  server: BenchServer,
  options: BenchOptions,
  report: Report,
): Promise<Throughput> {
  const { slots, environment, batchSize: events, connections } = options;
  const product = await startProductUnderTest(server, { name: `size_${size}`, slots, environment });
  const generator = startLoadGenerator();
  try {
    const scenario = await createScenario(product.client, 'noop', 'core.noop');
    const webhook = webhookSource(product, scenario, connections);
    await measureThroughput(product, generator, webhook, { seconds: 0, executions: 1 }); // makes the one to copy
    await fillHistory(product.databaseUrl, size);
    const source = (await batchSource(product, scenario, { events, connections: 4 })) ?? webhook;
    const run = await measureThroughput(product, generator, source, options.amount);
    reportThroughput(report, { ...run, name: `${size} stored executions, ${run.name}` });
    report.line('size of the database', await databaseSize(product.database));
    return run;
  } finally {
    generator.stop();
    await product.stop();
  }
}

async function databaseSize(database: Pool): Promise<string> {
  const { rows } = await database.query<{ size: string }>(
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  );
  return rows[0]?.size ?? '';
}

/** Over the first size: 1 means that stored executions cost nothing. */
function reportRatios(report: Report, sizes: readonly number[], runs: readonly Throughput[]): void {
  const [first] = runs;
  if (!first) return;
  report.section(`Over ${sizes[0] ?? 0} stored executions`);
  runs.forEach((run, index) => {
    const rate = run.executionsPerSecond / first.executionsPerSecond;
    const cpu = run.totalCpuPerExecution / first.totalCpuPerExecution;
    const server = (run.cpuPerExecution['PostgreSQL'] ?? NaN) / (first.cpuPerExecution['PostgreSQL'] ?? NaN);
    const texts = [
      `executions/s ${rate.toFixed(2)}`,
      `CPU ${cpu.toFixed(2)}`,
      `CPU of PostgreSQL ${server.toFixed(2)}`,
    ];
    report.line(`${sizes[index] ?? 0} stored executions`, texts.join(', '));
  });
}

await main();
