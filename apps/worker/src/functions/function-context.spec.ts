import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunOutcome } from '../process/execution-result.js';
import { until } from '../process/runner-fixture.js';
import { parseExecutionConfig } from '../runtimes/execution-config.js';
import { createFunctionFixture, type FunctionFixture } from './function-fixture.js';
import { type FunctionRunner } from './function-runner.js';

let fixture: FunctionFixture;
let runner: FunctionRunner;

beforeAll(async () => (fixture = await createFunctionFixture()));
beforeEach(() => (runner = fixture.functions()));
afterEach(async () => {
  await fixture.stop();
  expect(await fixture.survivors()).toEqual([]);
});
afterAll(() => fixture.remove());

describe('what a function knows', () => {
  it('is its execution, without the environment of the worker', async () => {
    await fixture.source(
      'know.mjs',
      `import { env } from 'node:process';
       export default (params, { signal, ...context }) => ({
         params, context, env: { ...env }, cwd: process.cwd(), isAborted: signal.aborted, argv: process.argv,
       })`,
    );
    process.env['WORKER_SECRET'] = 'hidden';
    const { result } = await fixture.call(runner, 'know.mjs', {
      executionId: 12,
      parameters: { password: 'hunter2', list: [1, null] },
      platformVariables: {
        ATTUNE_API_URL: 'http://127.0.0.1:8080',
        ATTUNE_API_TOKEN: 'token',
        ATTUNE_RULE: 'demo.rule',
        ATTUNE_TRIGGER: 'demo.trigger',
        ATTUNE_CONTEXT_TEAM: 'red',
      },
      executionVariables: { MODE: 'fast', ATTUNE_ACTION: 'forged', ATTUNE_PACK_REF: 'forged' },
    });
    const { env, argv, ...rest } = result['data'] as Record<string, Record<string, string>>;
    expect(rest).toEqual({
      params: { password: 'hunter2', list: [1, null] },
      context: {
        executionId: 12,
        actionRef: 'demo.run',
        packRef: 'demo',
        ruleRef: 'demo.rule',
        triggerRef: 'demo.trigger',
        apiUrl: 'http://127.0.0.1:8080',
        apiToken: 'token',
        env: { MODE: 'fast' },
      },
      cwd: fixture.packDir,
      isAborted: false,
    });
    expect(
      Object.keys(env ?? {})
        .filter((name) => !['PATH', 'SPEC_RUN'].includes(name))
        .sort(),
    ).toEqual([
      'ATTUNE_ACTION',
      'ATTUNE_API_TOKEN',
      'ATTUNE_API_URL',
      'ATTUNE_CONTEXT_TEAM',
      'ATTUNE_EXEC_ID',
      'ATTUNE_PACK_REF',
      'ATTUNE_RULE',
      'ATTUNE_TRIGGER',
      'MODE',
    ]);
    expect(env).toMatchObject({ ATTUNE_ACTION: 'demo.run', ATTUNE_PACK_REF: 'demo' });
    expect(JSON.stringify(argv)).not.toContain('hunter2');
  });

  it('is gone with the call', async () => {
    await fixture.source(
      'see.mjs',
      `export default async ({ after }, context) => {
         if (after) setTimeout(() => (globalThis.later = { ...process.env }), 0);
         await null;
         return { env: { ...process.env }, later: globalThis.later, pid: process.pid };
       }`,
    );
    const base = fixture.functions({
      inheritedVariables: { PATH: process.env['PATH'] ?? '', MODE: 'usual', ...fixture.mark },
    });
    const first = await fixture.call(base, 'see.mjs', {
      parameters: { after: true },
      executionVariables: { MODE: 'fast', EXTRA: '1' },
      platformVariables: { ATTUNE_API_TOKEN: 'token', ATTUNE_RULE: 'demo.rule' },
    });
    expect(first.result['data']).toMatchObject({ env: { MODE: 'fast', EXTRA: '1', ATTUNE_API_TOKEN: 'token' } });
    let second: RunOutcome | undefined;
    await until(async () => {
      second = await fixture.call(base, 'see.mjs');
      return (second.result['data'] as { later?: unknown }).later !== undefined;
    });
    const { env, later, pid } = second?.result['data'] as Record<string, Record<string, string>>;
    expect(pid).toBe((first.result['data'] as { pid: unknown }).pid);
    for (const variables of [env, later]) {
      expect(variables?.['MODE']).toBe('usual');
      expect(Object.keys(variables ?? {})).not.toEqual(expect.arrayContaining(['EXTRA']));
      expect(Object.keys(variables ?? {})).not.toEqual(expect.arrayContaining(['ATTUNE_API_TOKEN']));
    }
    expect(env?.['ATTUNE_RULE']).toBeUndefined();
  });

  it('is never in the arguments or the environment the host was started with', async () => {
    await fixture.source('pid.mjs', 'export default () => process.pid');
    const { result } = await fixture.call(runner, 'pid.mjs', {
      parameters: { password: 'hunter2' },
      platformVariables: { ATTUNE_API_TOKEN: 'secret-token' },
    });
    for (const name of ['cmdline', 'environ']) {
      const text = await readFile(join('/proc', JSON.stringify(result['data']), name), 'utf8');
      expect(text).not.toMatch(/hunter2|secret-token/);
    }
  });

  it('is what its runtime says', async () => {
    await fixture.source('lib.mjs', 'export default () => process.env.LIB');
    const execution = parseExecutionConfig({ interpreter: { binary: 'node' }, env_vars: { LIB: '{pack_dir}/lib' } });
    expect((await fixture.call(runner, 'lib.mjs', { execution })).result['data']).toBe(`${fixture.packDir}/lib`);
  });
});
