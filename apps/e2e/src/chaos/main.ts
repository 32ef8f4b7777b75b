import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Transport, TRANSPORTS } from './product/broker.js';
import { type ChaosReport } from './report/chaos-report.js';
import { printReport } from './report/print-report.js';
import { reportTable } from './report/report-table.js';
import { runChaos } from './run/run-chaos.js';

/**
 * `nx run e2e:chaos --seed=7 --minutes=3`, or `--runs=10` for that seed and the nine after it: see docs/reliability.md. Exit
 * code 1: an invariant does not hold.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      minutes: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      transport: { type: 'string', default: 'postgres' },
      'broker-url': { type: 'string' },
      policies: { type: 'boolean', default: true },
      'keep-logs': { type: 'boolean', default: false },
      report: { type: 'string' },
    },
  });
  const first = numberOf('seed', values.seed);
  const reports: ChaosReport[] = [];
  for (let seed = first; seed < first + numberOf('runs', values.runs); seed += 1) {
    const report = await runChaos({
      seed,
      minutes: numberOf('minutes', values.minutes),
      transport: transportOf(values.transport),
      brokerUrl: values['broker-url'] ?? null,
      withPolicies: values.policies,
      keepLogs: values['keep-logs'],
      say: (text) => console.log(text),
    });
    console.log(printReport(report));
    reports.push(report);
    // After each run: a series that is broken off has its reports.
    if (values.report !== undefined) await writeFile(values.report, `${JSON.stringify(reports, null, 2)}\n`);
  }
  if (reports.length > 1) console.log(reportTable(reports));
  process.exitCode = reports.every(({ violations }) => violations.length === 0) ? 0 : 1;
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new Error(`--${name}: not a number: ${text}`);
  return value;
}

function transportOf(text: string): Transport {
  const transport = TRANSPORTS.find((each) => each === text);
  if (transport === undefined) throw new Error(`--transport: one of ${TRANSPORTS.join(', ')}`);
  return transport;
}

await main();
