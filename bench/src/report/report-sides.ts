import { type Side, type SideRate } from '../measure/api-sides.js';
import { median } from '../measure/request-rate.js';
import { type Report } from './report.js';

const NAMES: Readonly<Record<Side, string>> = {
  api: 'API',
  bare: 'bare handler',
  bareOnOurTables: 'bare handler on our tables',
};

/** The rates of each side, and those of the API over the others; rounds of the same number took turns. */
export function reportSides(report: Report, name: string, rounds: Partial<Record<Side, readonly SideRate[]>>): void {
  const { api = [], ...others } = rounds;
  const ratios: Partial<Record<Side, number>> = {};
  report.line(`${name}: ${NAMES.api}`, describe(api));
  for (const [side, rates] of Object.entries(others) as [Exclude<Side, 'api'>, readonly SideRate[]][]) {
    const ofRounds = api.map(({ perSecond }, round) => perSecond / (rates[round]?.perSecond ?? NaN));
    ratios[side] = median(ofRounds);
    report.line(`${name}: ${NAMES[side]}`, describe(rates));
    const each = ofRounds.map((ratio) => ratio.toFixed(2)).join(', ');
    report.line(`${name}: API over ${NAMES[side]}`, `${median(ofRounds).toFixed(2)} (${each})`);
  }
  report.keep('api', { name, ...rounds, ratios });
}

function describe(rates: readonly SideRate[]): string {
  const of = (pick: (rate: SideRate) => number): number => median(rates.map(pick));
  const [p50, p99] = [of(({ p50Ms }) => p50Ms), of(({ p99Ms }) => p99Ms)];
  const [own, database] = [of(({ ownCpu }) => ownCpu), of(({ databaseCpu }) => databaseCpu)];
  const time = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  return `${of(({ perSecond }) => perSecond).toFixed(0)}/s, ${time}, CPU µs ${own.toFixed(0)} + PostgreSQL ${database.toFixed(0)}`;
}
