import { startLoadGenerator } from './load/load-generator.js';
import { type BareRun, runBareProcesses } from './measure/run-bare-processes.js';
import { batchSource, webhookSource } from './measure/event-source.js';
import { measureThroughput, type Throughput } from './measure/throughput.js';
import { type BenchOptions, readOptions } from './options.js';
import { createProcessAction } from './product/process-action.js';
import { startProductUnderTest } from './product/product-under-test.js';
import { createScenario } from './product/scenario.js';
import { reportThroughput } from './report/report-throughput.js';
import { Report } from './report/report.js';
import { type BenchServer, openBenchServer } from './server/bench-server.js';

/** Actions that are processes, the whole product running, beside a Node parent that only starts and reaps the same file. */
async function main(): Promise<void> {
  const options = readOptions();
  const report = new Report(options.jsonPath);
  const server = await openBenchServer(options);
  try {
    report.section(server.description);
    for (const slots of options.processSlots) await measureAt(slots, server, options, report);
  } finally {
    await server.stop();
    await report.save();
  }
}

async function measureAt(slots: number, server: BenchServer, options: BenchOptions, report: Report): Promise<void> {
  const { environment, amount, batchSize: events, connections } = options;
  const product = await startProductUnderTest(server, { name: `slots_${slots}`, slots, environment });
  const generator = startLoadGenerator();
  try {
    const { ref, file } = await createProcessAction(product, 'nothing', '/bin/true');
    const scenario = await createScenario(product.client, 'process', ref);
    const bare = { file, concurrency: slots, seconds: amount.seconds };
    const ignoring = await runBareProcesses({ ...bare, stdio: 'ignore' });
    const reading = await runBareProcesses({ ...bare, stdio: 'pipe' });
    const batches = await batchSource(product, scenario, { events, connections: 1 });
    const source = batches ?? webhookSource(product, scenario, connections);
    const run = await measureThroughput(product, generator, source, amount);
    reportThroughput(report, { ...run, name: `process action, ${slots} slots, ${run.name}` });
    report.section(`process action, ${slots} slots: beside a bare Node parent`);
    reportBare(report, 'output ignored', ignoring, run);
    reportBare(report, 'output read', reading, run);
    report.keep('bare-processes', { slots, ignoring, reading });
  } finally {
    generator.stop();
    await product.stop();
  }
}

function reportBare(report: Report, name: string, bare: BareRun, run: Throughput): void {
  report.line(`bare, ${name}: processes/s`, bare.processesPerSecond.toFixed(0));
  report.line(
    `bare, ${name}: CPU µs per process`,
    `${bare.parentCpu.toFixed(0)} + ${bare.childCpu.toFixed(0)} its own`,
  );
  report.line(`product over bare, ${name}`, (run.executionsPerSecond / bare.processesPerSecond).toFixed(3));
}

await main();
