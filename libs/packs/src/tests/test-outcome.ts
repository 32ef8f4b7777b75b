/** One test as far as its runner told. Names are those of the wire. */
export interface TestCase {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'error';
  readonly durationMs: number;
  readonly errorMessage: string | null;
  readonly stdout: string | null;
  readonly stderr: string | null;
}

export interface TestCounts {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export type SuiteStatus = 'passed' | 'failed' | 'skipped' | 'partial';

/** What one runner found out. */
export interface TestSuite extends TestCounts {
  readonly name: string;
  readonly runnerType: string;
  readonly durationMs: number;
  readonly testCases: readonly TestCase[];
}

/** How the tests of a pack went. */
export interface PackTestOutcome {
  readonly packRef: string;
  readonly packVersion: string;
  /** When it began. */
  readonly executionTime: Date;
  readonly status: SuiteStatus;
  readonly counts: TestCounts;
  /** 0 to 1; 1 when nothing but skipped tests was there. */
  readonly passRate: number;
  readonly durationMs: number;
  readonly testSuites: readonly TestSuite[];
  /** Good enough for the pack's own `min_pass_rate`, and every runner could be run. */
  readonly isAcceptable: boolean;
}

export function statusOf({ total, passed, failed, skipped }: TestCounts): SuiteStatus {
  if (failed > 0) return 'failed';
  if (passed === total && total > 0) return 'passed';
  return skipped === total ? 'skipped' : 'partial';
}

export function sumOf(counts: readonly TestCounts[]): TestCounts {
  const sum = (key: keyof TestCounts): number => counts.reduce((total, one) => total + one[key], 0);
  return { total: sum('total'), passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** Share of the tests that were run and passed. */
export function passRateOf({ total, passed, skipped }: TestCounts): number {
  return total === skipped ? 1 : passed / (total - skipped);
}
