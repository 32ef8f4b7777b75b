import { z } from 'zod';
import { type TestCase, type TestCounts } from './test-outcome.js';

/** What the output of a runner says about its tests. */
export interface ReadTests {
  readonly counts: TestCounts;
  readonly testCases: readonly TestCase[];
}

/** Most tests that are told one by one. */
const MAX_CASES = 1_000;
/** Longest text of a test case (characters). */
const MAX_TEXT = 4_000;

/**
 * Lines such as `Total Tests: 3`, `Passed: 2`, `Failed: 1`, `Skipped: 0`; the last of each counts. null: there are none,
 * and the exit code has to decide.
 */
export function readSimpleOutput(text: string): ReadTests | null {
  const found = (label: string): number | null => {
    const matches = [...text.matchAll(new RegExp(`^[ \\t]*${label}:[ \\t]*(\\d{1,9})[ \\t\\r]*$`, 'gim'))];
    const last = matches.at(-1)?.[1];
    return last === undefined ? null : Number(last);
  };
  const [total, passed, failed, skipped] = [found('Total Tests'), found('Passed'), found('Failed'), found('Skipped')];
  if (total === null && passed === null && failed === null) return null;
  const counts = { passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 };
  const told = counts.passed + counts.failed + counts.skipped;
  return { counts: { total: Math.max(total ?? 0, told), ...counts }, testCases: [] };
}

const short = z.string().transform((text) => text.slice(0, MAX_TEXT).replaceAll('\0', '\uFFFD'));
const optionalText = short.nullish().transform((text) => text ?? null);
const count = z.int().min(0).max(1_000_000_000);

const testCase = z.object({
  name: short,
  status: z.enum(['passed', 'failed', 'skipped', 'error']),
  durationMs: z.number().min(0).default(0).transform(Math.round),
  errorMessage: optionalText,
  stdout: optionalText,
  stderr: optionalText,
});

const report = z.object({
  total: count.optional(),
  passed: count.optional(),
  failed: count.optional(),
  skipped: count.optional(),
  testCases: z.array(testCase).max(100_000).default([]),
});

/**
 * A JSON object on the last line that holds one, or the whole output: `{ total, passed, failed, skipped, testCases }`;
 * counts that are missing follow from the cases. null: there is none.
 */
export function readJsonOutput(text: string): ReadTests | null {
  const candidates = [text.trim(), ...text.trim().split('\n').reverse()];
  for (const candidate of candidates) {
    if (!candidate.trim().startsWith('{')) continue;
    const parsed = report.safeParse(parseJson(candidate));
    if (parsed.success) return countsOf(parsed.data);
  }
  return null;
}

function countsOf({ total, passed, failed, skipped, testCases }: z.output<typeof report>): ReadTests | null {
  const having = (...statuses: TestCase['status'][]): number =>
    testCases.filter(({ status }) => statuses.includes(status)).length;
  const counts = {
    passed: passed ?? having('passed'),
    failed: failed ?? having('failed', 'error'),
    skipped: skipped ?? having('skipped'),
  };
  const told = counts.passed + counts.failed + counts.skipped;
  if (told === 0 && total === undefined) return null;
  return { counts: { total: Math.max(total ?? 0, told), ...counts }, testCases: testCases.slice(0, MAX_CASES) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
