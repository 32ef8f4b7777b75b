import { type PackTestExecutionEntity } from '@attune/common';
import { type PackTestExecution, type PackTestResult } from '@attune/contract';
import { type PackTestOutcome } from '@attune/packs';
import { iso } from '../domain/wire.js';

export const showTestResult = (outcome: PackTestOutcome): PackTestResult => ({
  packRef: outcome.packRef,
  packVersion: outcome.packVersion,
  executionTime: iso(outcome.executionTime),
  status: outcome.status,
  totalTests: outcome.counts.total,
  passed: outcome.counts.passed,
  failed: outcome.counts.failed,
  skipped: outcome.counts.skipped,
  passRate: outcome.passRate,
  durationMs: outcome.durationMs,
  testSuites: outcome.testSuites.map(({ testCases, ...suite }) => ({
    ...suite,
    testCases: testCases.map((one) => ({ ...one })),
  })),
});

export const showPackTest = (test: PackTestExecutionEntity): PackTestExecution => ({
  id: test.id,
  packId: test.pack_id,
  packVersion: test.pack_version,
  executionTime: iso(test.execution_time),
  triggerReason: test.trigger_reason,
  totalTests: test.total_tests,
  passed: test.passed,
  failed: test.failed,
  skipped: test.skipped,
  passRate: test.pass_rate,
  durationMs: test.duration_ms,
  result: test.result,
  created: iso(test.created),
});
