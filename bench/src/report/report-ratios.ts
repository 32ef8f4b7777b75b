import { type Report } from './report.js';

/** Each rate of ours over every other rate of the same run. */
export function reportRatios(report: Report): void {
  const rates = [...report.rates];
  const ours = rates.filter(([name]) => name.startsWith('Attune'));
  const others = rates.filter(([name]) => !name.startsWith('Attune'));
  for (const [name, rate] of ours) {
    if (others.length === 0) return;
    report.section(`${name}: its executions/s over`);
    for (const [other, reference] of others) report.line(other, (rate / reference).toFixed(4));
  }
}
