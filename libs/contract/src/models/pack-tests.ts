import { type z } from 'zod';
import { enumeration, response } from '../define.js';
import { float64, int32, int64, json, list, text, timestamp } from '../fields.js';

export const TestStatus = enumeration('TestStatus', ['passed', 'failed', 'skipped', 'error']);
export type TestStatus = z.output<typeof TestStatus>;

/** One test. */
export const TestCaseResult = response('TestCaseResult', {
  name: text(),
  status: TestStatus,
  durationMs: int64(),
  errorMessage: text().nullable(),
  stdout: text().nullable(),
  stderr: text().nullable(),
});
export type TestCaseResult = z.output<typeof TestCaseResult>;

export const TestSuiteResult = response('TestSuiteResult', {
  name: text(),
  runnerType: text(),
  total: int32(),
  passed: int32(),
  failed: int32(),
  skipped: int32(),
  durationMs: int64(),
  testCases: list(TestCaseResult),
});
export type TestSuiteResult = z.output<typeof TestSuiteResult>;

/** A test run as it ended. */
export const PackTestResult = response('PackTestResult', {
  packRef: text(),
  packVersion: text(),
  executionTime: timestamp(),
  status: text(),
  totalTests: int32(),
  passed: int32(),
  failed: int32(),
  skipped: int32(),
  passRate: float64(),
  durationMs: int64(),
  testSuites: list(TestSuiteResult),
});
export type PackTestResult = z.output<typeof PackTestResult>;

/** A stored test run. */
export const PackTestExecution = response('PackTestExecution', {
  id: int64(),
  packId: int64(),
  packVersion: text(),
  executionTime: timestamp(),
  triggerReason: text(),
  totalTests: int32(),
  passed: int32(),
  failed: int32(),
  skipped: int32(),
  passRate: float64(),
  durationMs: int64(),
  result: json().nullable(),
  created: timestamp(),
});
export type PackTestExecution = z.output<typeof PackTestExecution>;
