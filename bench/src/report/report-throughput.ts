import { processorCount } from '../cpu/machine-times.js';
import { type Throughput } from '../measure/throughput.js';
import { type Report } from './report.js';

export function reportThroughput(report: Report, run: Throughput): void {
  report.keep('throughput', run);
  report.section(`event → completed, ${run.name}`);
  report.line(
    'executions/s',
    `${run.executionsPerSecond.toFixed(0)} (${run.executions} in ${run.seconds.toFixed(1)} s)`,
  );
  report.line('events accepted/s', run.acceptedPerSecond.toFixed(0));
  for (const [name, used] of Object.entries(run.cpuPerExecution)) {
    report.line(`CPU µs per execution: ${name}`, used.toFixed(0));
  }
  report.line('CPU µs per execution: all of these', run.totalCpuPerExecution.toFixed(0));
  report.line('CPU µs per execution: load generator', run.loadGeneratorCpuPerExecution.toFixed(0));
  const processors = processorCount();
  const allowed = (processors * 1_000_000) / (run.totalCpuPerExecution + run.loadGeneratorCpuPerExecution);
  report.line(`executions/s that this allows on ${processors} processors`, allowed.toFixed(0));
  report.line('processors used by others (bench, kernel, strangers)', `${(run.strangersShare * 100).toFixed(0)} %`);
  report.line('transactions that write, per execution', perExecution(run, run.writeTransactionsPerSecond));
  report.line(
    'commits/s',
    `${run.commitsPerSecond.toFixed(0)}, of which write ${run.writeTransactionsPerSecond.toFixed(0)}`,
  );
  report.line('WAL bytes per execution', run.walBytesPerExecution.toFixed(0));
}

const perExecution = (run: Throughput, perSecond: number): string => (perSecond / run.executionsPerSecond).toFixed(3);
