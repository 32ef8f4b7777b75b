import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyOperation, operations } from '@attune/contract';
import fc from 'fast-check';
import { Installation } from '../harness/installation.js';
import { tablesHolding } from './find-secrets.js';
import { type FuzzRequest, fuzzRequests } from './fuzz-requests.js';
import { type Canaries, createFuzzScene, logInCallers, newCanaries, secretsOf } from './fuzz-scene.js';
import { readKnownValues } from './known-values.js';
import { type FuzzAnswer, sendRequests } from './send-requests.js';

/** Chosen anew each time, and printed: `ATTUNE_FUZZ_SEED` repeats the requests of a run. */
const SEED = Number(process.env['ATTUNE_FUZZ_SEED'] ?? Date.now() % 1_000_000);
const REQUESTS = Number(process.env['ATTUNE_FUZZ_REQUESTS'] ?? 20_000);
const ROUNDS = 10;

/** By the third caller, who sees every pack: shows the text that is no secret. */
const LIST_PACKS: FuzzRequest = {
  operationId: 'listPacks',
  method: 'GET',
  url: '/api/v1/packs',
  contentType: null,
  body: null,
  caller: 2,
};

/** Statuses that mean that something is wrong with us. 501 is an answer: not in this installation. */
const isOurFault = (status: number | null): boolean => status === null || (status >= 500 && status !== 501);

describe('the API under requests nobody would send', () => {
  let installation: Installation;
  let canaries: Canaries;
  const secrets = new Set<string>();
  let logs: string[];
  let sent = 0;
  let sawPublicText = false;
  /** Tables that held the text that is no secret, before anything was deleted. */
  let whereShown: string[] = [];
  const failures: string[] = [];
  const leaks: string[] = [];
  const succeeded = new Set<string>();

  beforeAll(async () => {
    process.stdout.write(`fuzz: seed ${SEED}, ${REQUESTS} requests\n`);
    installation = await Installation.prepare();
    logs = ['api', 'executor', 'worker'].map((name) => join(installation.folder, `${name}.log`));
    for (const name of ['api', 'executor', 'worker'] as const) {
      await installation.spawn(name, { logFile: join(installation.folder, `${name}.log`) }).ready;
    }
    canaries = newCanaries();
  });
  afterAll(() => installation.close());

  function judge(request: FuzzRequest, { status, text }: FuzzAnswer): void {
    sent += 1;
    const what = `${request.method} ${request.url} ${request.body ?? ''}`.slice(0, 500);
    if (isOurFault(status)) failures.push(`${status ?? 'no answer'} ${what} → ${text.slice(0, 300)}`);
    if ([...secrets].some((secret) => text.includes(secret))) leaks.push(what);
    if (status !== null && status < 400) succeeded.add(request.operationId);
    sawPublicText ||= text.includes(canaries.noSecret);
  }

  it(
    'answers every one of them, and never with an error of its own',
    async () => {
      const all = Object.values<AnyOperation>(operations);
      const perOperation = Math.ceil(REQUESTS / ROUNDS / all.length);
      for (let round = 0; round < ROUNDS; round += 1) {
        // What earlier rounds deleted is there again, under another name.
        for (const secret of secretsOf(await createFuzzScene(installation, `demo${round}`, canaries)))
          secrets.add(secret);
        const tokens = await logInCallers(installation, round);
        if (round === 0) {
          whereShown = await tablesHolding(installation, [canaries.noSecret]);
          await sendRequests(installation.url, [LIST_PACKS], tokens, judge);
        }
        const known = await readKnownValues(installation);
        const requests = all.flatMap((operation, index) =>
          fc.sample(fuzzRequests(operation, known(operation), tokens.length), {
            numRuns: perOperation,
            seed: SEED + round * 1_000 + index,
          }),
        );
        await sendRequests(installation.url, shuffled(requests, SEED + round), tokens, judge);
      }
      expect(failures).toEqual([]);
      expect(sent).toBeGreaterThanOrEqual(REQUESTS);
    },
    20 * 60_000,
  );

  it('reached what is behind the checks of most operations', () => {
    const refused = Object.keys(operations).filter((name) => !succeeded.has(name));
    process.stdout.write(`fuzz: ${succeeded.size} operations succeeded at least once, never: ${refused.join(' ')}\n`);
    expect(succeeded.size).toBeGreaterThan(Object.keys(operations).length / 2);
  });

  it('never showed a secret, and would have been caught', () => {
    expect(leaks).toEqual([]);
    expect(sawPublicText).toBe(true);
  });

  it('left no secret in a log or a table', async () => {
    for (const log of logs) {
      const text = await readFile(log, 'utf8');
      expect([...secrets].filter((secret) => text.includes(secret))).toEqual([]);
    }
    expect(await tablesHolding(installation, [...secrets])).toEqual([]);
    expect(whereShown).toContain('pack');
  });

  it('logged nothing a person would have to look at', async () => {
    const lines = (await Promise.all(logs.map((log) => readFile(log, 'utf8')))).join('\n').split('\n');
    expect(lines.filter((line) => /"level":(50|60|"error"|"fatal")/.test(line)).slice(0, 5)).toEqual([]);
  });
});

/** In another order, the same for the same seed: requests of different operations meet. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const [order = []] = fc.sample(fc.shuffledSubarray([...items.keys()], { minLength: items.length }), {
    numRuns: 1,
    seed,
  });
  return order.flatMap((index) => items.slice(index, index + 1));
}
