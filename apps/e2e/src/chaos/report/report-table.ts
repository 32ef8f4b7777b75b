import { type ChaosReport } from './chaos-report.js';

/** The runs as the table of docs/reliability.md, a line each. */
export function reportTable(reports: readonly ChaosReport[]): string {
  const rows = reports.map((report) => [
    String(report.seed),
    String(report.minutes),
    report.transport,
    `${sum(report.offered)} (${report.answers['accepted'] ?? 0} accepted)`,
    String(sum(report.faults)),
    Object.entries(report.executions)
      .map(([status, count]) => `${count} ${status}`)
      .join(', '),
    String(report.violations.length),
  ]);
  const head = ['Seed', 'Minutes', 'Transport', 'Work', 'Faults', 'Executions', 'Violations'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
