import { type ChaosReport } from './chaos-report.js';
import { countBy } from './count-by.js';
import { printReport } from './print-report.js';
import { reportTable } from './report-table.js';

const report: ChaosReport = {
  seed: 7,
  minutes: 3,
  transport: 'postgres',
  withPolicies: true,
  startedAt: '2026-01-02T03:04:05.000Z',
  tookSeconds: 240,
  offered: { 'quick webhook': 5, execution: 2 },
  answers: { accepted: 6, unknown: 1 },
  cancellations: {},
  faults: { 'kill worker-1': 2 },
  failedStarts: 1,
  executions: { abandoned: 1, completed: 9 },
  invariants: ['every execution ends'],
  violations: [{ invariant: 'every execution ends', text: 'still running', ids: [42, 43] }],
  folder: '/tmp/logs',
};

describe('the report', () => {
  it('names the seed with each violation, what it is about and where the logs are', () => {
    const lines = printReport(report).split('\n');
    expect(lines).toContain('VIOLATION (seed 7) every execution ends: still running [42, 43]');
    expect(lines).toContain('work offered: 7');
    expect(lines.at(-1)).toBe('logs: /tmp/logs');
  });

  it('says so when everything held', () => {
    expect(
      printReport({ ...report, violations: [], folder: null })
        .split('\n')
        .at(-1),
    ).toBe('1 invariants hold');
  });

  it('is a line of the table in the documentation', () => {
    expect(reportTable([report]).split('\n').slice(2)).toEqual([
      '| 7 | 3 | postgres | 7 (6 accepted) | 2 | 1 abandoned, 9 completed | 1 |',
    ]);
  });

  it('counts by name', () => {
    expect(countBy(['b', 'a', 'b'], (each) => each)).toEqual({ a: 1, b: 2 });
  });
});
