import { type BegunExecution, loadConfig, SecretBox, TokenSigner } from '@attune/common';
import { REDACTED_SECRET } from '@attune/engine';
import { pino } from 'pino';
import { type ActionInvocation } from '../process/action-invocation.js';
import { type AvailableRuntime } from '../runtimes/available-runtime.js';
import { NATIVE_EXECUTION, parseExecutionConfig } from '../runtimes/execution-config.js';
import { InvocationBuilder } from './invocation-builder.js';
import { type StoredSecret } from './sql/secret-values.sql.js';
import { type ClaimedAction, type StoredKey } from './sql/list-claimed-actions.sql.js';

const KEY = 'k'.repeat(32);
const config = loadConfig({
  environment: { ATTUNE__SECURITY__JWT_SECRET: KEY, ATTUNE__SECURITY__ENCRYPTION_KEY: KEY, ATTUNE__DATA_DIR: '/data' },
  directory: '/nowhere',
});
const box = new SecretBox(KEY);
const signer = new TokenSigner(KEY);
const python: AvailableRuntime = {
  id: 5,
  ref: 'core.python',
  name: 'Python',
  aliases: [],
  candidates: [
    { version: '3.11.4', isDefault: false, execution: parseExecutionConfig({ interpreter: { binary: 'python3.11' } }) },
    { version: '3.12.1', isDefault: true, execution: parseExecutionConfig({ interpreter: { binary: 'python3.12' } }) },
  ],
};
const shell: AvailableRuntime = {
  ...{ id: 6, ref: 'core.shell', name: 'Shell', aliases: ['bash'] },
  candidates: [{ version: null, isDefault: false, execution: parseExecutionConfig({}) }],
};
const builder = new InvocationBuilder(
  config,
  { find: (id: number) => [python, shell].find((runtime) => runtime.id === id) ?? null },
  box,
  signer,
  pino({ level: 'silent' }),
);

interface Given {
  readonly execution?: Partial<BegunExecution>;
  readonly action?: Partial<ClaimedAction> | null;
  readonly keys?: readonly StoredKey[];
  readonly secrets?: readonly StoredSecret[];
}

function build({ execution = {}, action = {}, keys = [], secrets = [] }: Given): Promise<ActionInvocation> {
  const row = {
    id: 7,
    action_ref: 'demo.run',
    config: null,
    env_vars: null,
    executor: 3,
    permission_set_refs: [],
    rule_ref: null,
    trigger_ref: null,
    workflow_task: null,
    ...execution,
  };
  const definition = {
    id: 1,
    ref: 'demo.run',
    pack_ref: 'demo',
    entrypoint: 'run.py',
    runtime: 5,
    runtime_ref: 'core.python',
    runtime_version_constraint: null,
    invocation: 'process',
    is_adhoc: false,
    param_schema: null,
    parameter_format: 'json',
    parameter_delivery: 'stdin',
    output_format: 'text',
    timeout_seconds: null,
    keys,
    ...action,
  } as unknown as ClaimedAction;
  return builder.build({ execution: row, action: action === null ? null : definition, secrets });
}

describe('InvocationBuilder', () => {
  it('knows where everything is', async () => {
    expect(await build({})).toMatchObject({
      packDir: '/data/packs/demo',
      environmentDir: '/data/runtime_envs/demo/python',
      execution: { interpreter: { binary: 'python3.12' } },
      timeoutSeconds: config.worker.taskTimeoutSeconds,
      platformVariables: {
        ATTUNE_API_URL: 'http://127.0.0.1:8080',
        ATTUNE_ARTIFACTS_DIR: '/data/artifacts',
        ATTUNE_RUNTIME_ENVS_DIR: '/data/runtime_envs',
      },
    });
  });

  it('names the rule, the trigger and the context', async () => {
    const { platformVariables } = await build({
      execution: {
        rule_ref: 'demo.rule',
        trigger_ref: 'demo.trigger',
        config: {
          context: { 'user-id': 4, tags: ['a'], none: null, big: 9007199254740993n, token: REDACTED_SECRET },
        },
      },
      secrets: [{ execution: 7, pointer: '/context/token', encrypted: box.seal('hush') }],
    });
    expect(platformVariables).toMatchObject({
      ATTUNE_RULE: 'demo.rule',
      ATTUNE_TRIGGER: 'demo.trigger',
      ATTUNE_CONTEXT_USER_ID: '4',
      ATTUNE_CONTEXT_TAGS: '["a"]',
    });
    expect(platformVariables).toHaveProperty('ATTUNE_CONTEXT_BIG', '9007199254740993');
    expect(platformVariables).not.toHaveProperty('ATTUNE_CONTEXT_NONE');
    expect(platformVariables).not.toHaveProperty('ATTUNE_CONTEXT_TOKEN');
    expect((await build({})).platformVariables).not.toHaveProperty('ATTUNE_RULE');
  });

  it.each<[Given, number]>([
    [{}, 300],
    [{ action: { timeout_seconds: 20 } }, 20],
    [{ action: { timeout_seconds: 20 }, execution: { workflow_task: { timeout_seconds: 5 } } }, 5],
  ])('takes the timeout of the task, the action or the worker (%#)', async (given, seconds) => {
    expect((await build(given)).timeoutSeconds).toBe(seconds);
  });

  it('gives a token only to executions with rights', async () => {
    expect((await build({})).platformVariables).not.toHaveProperty('ATTUNE_API_TOKEN');
    const { platformVariables } = await build({
      execution: { permission_set_refs: ['core.viewer', 'standard'] },
      action: { timeout_seconds: 100 },
    });
    const verdict = signer.verify(platformVariables['ATTUNE_API_TOKEN'] ?? '');
    expect(verdict).toMatchObject({
      type: 'valid',
      claims: {
        sub: '3',
        login: 'execution:7',
        token_type: 'execution',
        scope: 'execution',
        metadata: {
          execution_id: 7,
          action_ref: 'demo.run',
          permission_set_refs: ['core.viewer', 'standard'],
          standard_access_action_refs: ['demo.run'],
          standard_access_pack_refs: ['demo'],
        },
      },
    });
    expect(verdict.type === 'valid' && verdict.claims.exp - verdict.claims.iat).toBe(160);
  });

  it('lets parameters win over keys, keys over defaults', async () => {
    const key = (name: string, value: string, encrypted = false): StoredKey => ({
      name,
      encrypted,
      value: encrypted ? box.seal(value) : value,
    });
    const { parameters } = await build({
      execution: { config: { given: 'parameter', empty: null } },
      action: {
        param_schema: {
          given: { default: 'd' },
          key: { default: 'd' },
          other: { default: 'd' },
          empty: { default: 'd' },
        },
      },
      keys: [
        key('given', 'key'),
        key('key', 'system'),
        key('key', 'pack', true),
        { ...key('broken', ''), encrypted: true },
      ],
    });
    expect(parameters).toEqual({ given: 'parameter', key: 'pack', other: 'd', empty: 'd' });
  });

  it('delivers values of their declared types', async () => {
    const { parameters } = await build({
      execution: { config: { count: '7', id: '9007199254740993', text: { a: 1 }, other: '7', none: null } },
      action: {
        param_schema: {
          count: { type: 'integer' },
          id: { type: 'integer' },
          text: { type: 'string' },
          none: { type: 'string' },
          ratio: { type: 'number', default: '0.5' },
          port: { type: 'integer' },
        },
      },
      keys: [{ name: 'port', encrypted: false, value: '8080' }],
    });
    expect(parameters).toEqual({
      count: 7,
      id: 9007199254740993n,
      text: '{"a":1}',
      other: '7',
      ratio: 0.5,
      port: 8080,
    });
  });

  it('runs an action without runtime as a program of its own', async () => {
    expect(await build({ action: { runtime: null, runtime_ref: null } })).toMatchObject({
      execution: NATIVE_EXECUTION,
    });
  });

  it('knows which actions are functions', async () => {
    expect(await build({})).toMatchObject({ language: null });
    expect(await build({ action: { invocation: 'function' } })).toMatchObject({ language: 'python' });
  });

  it.each<[string, Given]>([
    ["Action 'demo.run' no longer exists", { action: null }],
    ["Runtime 'core.x' of action 'demo.run' no longer exists", { action: { runtime: null, runtime_ref: 'core.x' } }],
    ["Runtime 'core.y' is not available on this worker", { action: { runtime: 9, runtime_ref: 'core.y' } }],
    [
      "Runtime 'core.python' is not available in version >=4 on this worker",
      { action: { runtime_version_constraint: '>=4' } },
    ],
    [
      "Action 'demo.run' is a function, which takes Node.js or Python, not an executable",
      { action: { invocation: 'function', runtime: null, runtime_ref: null } },
    ],
    [
      "Action 'demo.run' is a function, which takes Node.js or Python, not runtime 'core.shell'",
      { action: { invocation: 'function', runtime: 6, runtime_ref: 'core.shell' } },
    ],
  ])('says: %s', async (message, given) => {
    await expect(build(given)).rejects.toThrow(message);
  });
});
