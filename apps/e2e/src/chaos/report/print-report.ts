import { type ChaosReport } from './chaos-report.js';

/** The report as text for a terminal. */
export function printReport(report: ChaosReport): string {
  const lines = [
    `seed ${report.seed}, ${report.minutes} min, transport ${report.transport}, policies ${report.withPolicies ? 'on' : 'off'}, took ${report.tookSeconds} s`,
    ...table('work offered', report.offered),
    ...table('answers', report.answers),
    ...table('cancellations', report.cancellations),
    ...table('faults', { ...report.faults, 'starts that failed': report.failedStarts }),
    ...table('executions', report.executions),
    ...report.violations.flatMap(({ invariant, text, ids }) => [
      `VIOLATION (seed ${report.seed}) ${invariant}: ${text}${ids.length > 0 ? ` [${ids.join(', ')}]` : ''}`,
    ]),
    report.violations.length === 0
      ? `${report.invariants.length} invariants hold`
      : `${report.violations.length} violations`,
    ...(report.folder === null ? [] : [`logs: ${report.folder}`]),
  ];
  return lines.join('\n');
}

function table(title: string, counts: Readonly<Record<string, number>>): string[] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [
    `${title}: ${total}`,
    ...Object.entries(counts).map(([name, count]) => `${String(count).padStart(7)}  ${name}`),
  ];
}
