import { delimiter } from 'node:path';
import { type TestingSpec, type TestRunnerSpec } from '../format/testing.format.js';
import { type ProgramOutcome, runProgram } from '../program/run-program.js';
import { readJsonOutput, readSimpleOutput, type ReadTests } from './read-test-output.js';
import { type PackTestOutcome, passRateOf, statusOf, sumOf, type TestSuite } from './test-outcome.js';

export interface TestedPack {
  readonly ref: string;
  readonly version: string;
  /** Where its files are; tests run in there. */
  readonly directory: string;
  readonly testing: TestingSpec;
}

export interface TestRunOptions {
  /** No runner may take longer (ms), whatever the pack says. */
  readonly maxRunnerMs: number;
  /** Bytes kept of each output of a runner. */
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal;
}

/** Runs the tests of a pack, one runner after the other. A runner that cannot be run counts as one failed test. */
export async function runPackTests(pack: TestedPack, options: TestRunOptions): Promise<PackTestOutcome> {
  const executionTime = new Date();
  const began = performance.now();
  const testSuites: TestSuite[] = [];
  for (const [name, runner] of Object.entries(pack.testing.runners)) {
    testSuites.push(await runSuite(name, runner, pack, options));
  }
  const counts = sumOf(testSuites);
  const passRate = passRateOf(counts);
  return {
    packRef: pack.ref,
    packVersion: pack.version,
    executionTime,
    status: statusOf(counts),
    counts,
    passRate,
    durationMs: Math.round(performance.now() - began),
    testSuites,
    isAcceptable: passRate >= pack.testing.minPassRate && !testSuites.some(wasNotRun),
  };
}

/** Name of the one test that stands for a runner that did not get to its end. */
const NOT_RUN = 'runner';

const wasNotRun = ({ testCases }: TestSuite): boolean =>
  testCases.some(({ name, status }) => name === NOT_RUN && status === 'error');

async function runSuite(
  name: string,
  runner: TestRunnerSpec,
  pack: TestedPack,
  { maxRunnerMs, maxOutputBytes, signal }: TestRunOptions,
): Promise<TestSuite> {
  const timeoutMs = Math.min(runner.timeoutSeconds * 1000, maxRunnerMs);
  const outcome = await runProgram(commandOf(runner), {
    cwd: pack.directory,
    env: environmentOf(pack),
    timeoutMs,
    maxOutputBytes,
    signal,
  });
  const { counts, testCases } = readTests(runner, outcome, timeoutMs);
  return { name, runnerType: runner.type, ...counts, durationMs: outcome.durationMs, testCases };
}

function commandOf({ type, entryPoint }: TestRunnerSpec): [string, ...string[]] {
  switch (type) {
    case 'script':
      return [entryPoint.endsWith('.sh') ? '/bin/sh' : '/bin/bash', entryPoint];
    case 'unittest':
      return ['python3', '-B', '-m', 'unittest', entryPoint];
    case 'pytest':
      return ['pytest', '-p', 'no:cacheprovider', entryPoint, '-v'];
  }
}

/** Nothing of the service's own environment: it holds addresses and secrets that are none of a pack's business. */
function environmentOf({ ref, directory }: TestedPack): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    ATTUNE_PACK_REF: ref,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONPATH: [`${directory}/lib`, directory].join(delimiter),
  };
}

function readTests(runner: TestRunnerSpec, outcome: ProgramOutcome, timeoutMs: number): ReadTests {
  const failed = (message: string, name = NOT_RUN, status: 'error' | 'failed' = 'error'): ReadTests => ({
    counts: { total: 1, passed: 0, failed: 1, skipped: 0 },
    testCases: [testCase(name, status, message, outcome)],
  });
  if (outcome.failure === 'timeout') return failed(`did not end within ${timeoutMs / 1000} seconds and was killed`);
  if (outcome.failure !== null) return failed(`the runner could not be run to its end (${outcome.failure})`);
  const text = `${outcome.stdout}\n`;
  const told = runner.resultFormat === 'json' ? readJsonOutput(text) : readSimpleOutput(text);
  if (told === null) {
    if (runner.resultFormat === 'json') return failed('printed no JSON with the results of its tests');
    if (outcome.exitCode !== 0) return failed(`exit code ${outcome.exitCode ?? 'none'}`, runner.entryPoint, 'failed');
    const passed = testCase(runner.entryPoint, 'passed', null, outcome);
    return { counts: { total: 1, passed: 1, failed: 0, skipped: 0 }, testCases: [passed] };
  }
  // A runner that says all is well and ends with an error has not told everything.
  if (outcome.exitCode === 0 || told.counts.failed > 0) return told;
  const { counts, testCases } = failed(`exit code ${outcome.exitCode ?? 'none'} although no test failed`);
  return { counts: sumOf([told.counts, counts]), testCases: [...told.testCases, ...testCases] };
}

/** Longest end of an output that is stored with a test (characters). */
const SHOWN_OUTPUT = 16_000;

function testCase(
  name: string,
  status: 'passed' | 'failed' | 'error',
  errorMessage: string | null,
  { durationMs, stdout, stderr }: ProgramOutcome,
): ReadTests['testCases'][number] {
  return { name, status, durationMs, errorMessage, stdout: shown(stdout), stderr: shown(stderr) };
}

const shown = (text: string): string | null => (text === '' ? null : text.slice(-SHOWN_OUTPUT));
