import { type Config, type Logger, type SecretBox, SYSTEM_IDENTITY_ID, type TokenSigner } from '@attune/common';
import { canonicalRuntime, getOwn, type Json, isJsonObject, isRedactedSecret, stringifyJson } from '@attune/engine';
import { join } from 'node:path';
import { type ActionInvocation, type FunctionLanguage } from '../process/action-invocation.js';
import { StartError } from '../process/start-error.js';
import { type AvailableRuntime, chooseCandidate } from '../runtimes/available-runtime.js';
import { type ExecutionConfig, NATIVE_EXECUTION } from '../runtimes/execution-config.js';
import { type RuntimeCatalog } from '../runtimes/runtime-catalog.js';
import { actionParameters } from './action-parameters.js';
import { type ClaimedExecution } from './claimed-execution.js';
import { executionToken } from './execution-token.js';

type Action = NonNullable<ClaimedExecution['action']>;

/** Turns an execution and its action into what the runner needs. */
export class InvocationBuilder {
  constructor(
    private readonly config: Config,
    private readonly catalog: Pick<RuntimeCatalog, 'find'>,
    private readonly box: SecretBox,
    private readonly signer: TokenSigner,
    private readonly logger: Logger,
  ) {}

  /** @throws StartError when the execution cannot be run here; its message is for the execution's result */
  async build(claimed: ClaimedExecution): Promise<ActionInvocation> {
    const { execution, action } = claimed;
    if (action === null) throw new StartError(`Action '${execution.action_ref}' no longer exists`);
    const runtime = this.runtimeOf(action);
    const timeoutSeconds = this.timeoutOf(claimed, action);
    const token = await executionToken(
      execution,
      { systemIdentity: SYSTEM_IDENTITY_ID, packRef: action.pack_ref, timeoutSeconds },
      this.signer,
    );
    return {
      executionId: execution.id,
      actionRef: action.ref,
      packRef: action.pack_ref,
      packDir: join(this.config.packsBaseDir, action.pack_ref),
      entryPoint: action.entrypoint,
      isInline: action.is_adhoc,
      language: action.invocation === 'function' ? languageOf(runtime, action) : null,
      execution: executionOf(runtime, action),
      environmentDir: join(this.runtimeEnvsDir(), action.pack_ref, shortName(action.runtime_ref)),
      parameters: actionParameters(claimed, this.box, this.logger),
      parameterFormat: action.parameter_format,
      parameterDelivery: action.parameter_delivery,
      outputFormat: action.output_format,
      timeoutSeconds,
      platformVariables: {
        ...contextVariables(execution.config?.['context']),
        ATTUNE_API_URL: this.config.server.publicUrl,
        ATTUNE_ARTIFACTS_DIR: join(this.config.dataDir, 'artifacts'),
        ATTUNE_RUNTIME_ENVS_DIR: this.runtimeEnvsDir(),
        ...(token === null ? {} : { ATTUNE_API_TOKEN: token }),
        ...(execution.rule_ref === null ? {} : { ATTUNE_RULE: execution.rule_ref }),
        ...(execution.trigger_ref === null ? {} : { ATTUNE_TRIGGER: execution.trigger_ref }),
      },
      executionVariables: execution.env_vars ?? {},
    };
  }

  private runtimeEnvsDir(): string {
    return join(this.config.dataDir, 'runtime_envs');
  }

  private timeoutOf({ execution }: ClaimedExecution, action: Action): number {
    const ofTask = getOwn(execution.workflow_task ?? null, 'timeout_seconds');
    if (typeof ofTask === 'number' && ofTask > 0) return ofTask;
    return action.timeout_seconds ?? this.config.worker.taskTimeoutSeconds;
  }

  /** Null: the entry point is executed itself. */
  private runtimeOf({ ref, runtime: id, runtime_ref }: Action): AvailableRuntime | null {
    if (id === null) {
      if (runtime_ref === null) return null;
      throw new StartError(`Runtime '${runtime_ref}' of action '${ref}' no longer exists`);
    }
    const runtime = this.catalog.find(id);
    if (runtime === null) throw new StartError(`Runtime '${runtime_ref ?? id}' is not available on this worker`);
    return runtime;
  }
}

function executionOf(
  runtime: AvailableRuntime | null,
  { runtime_version_constraint: constraint }: Action,
): ExecutionConfig {
  if (runtime === null) return NATIVE_EXECUTION;
  const candidate = chooseCandidate(runtime, constraint);
  if (candidate !== null) return candidate.execution;
  throw new StartError(`Runtime '${runtime.ref}' is not available in version ${constraint ?? '*'} on this worker`);
}

function languageOf(runtime: AvailableRuntime | null, { ref }: Action): FunctionLanguage {
  const names = runtime === null ? [] : [runtime.ref, runtime.name, ...runtime.aliases].map(canonicalRuntime);
  for (const language of ['node', 'python'] as const) if (names.includes(language)) return language;
  throw new StartError(
    `Action '${ref}' is a function, which takes Node.js or Python, not ${runtime === null ? 'an executable' : `runtime '${runtime.ref}'`}`,
  );
}

/** `config.context` as variables; what is no plain value is given as JSON. A secret is no variable. */
function contextVariables(context: Json | undefined): Record<string, string> {
  if (!isJsonObject(context)) return {};
  return Object.fromEntries(
    Object.entries(context)
      .filter(([, value]) => value !== null && !isRedactedSecret(value))
      .map(([name, value]) => [
        `ATTUNE_CONTEXT_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`,
        typeof value === 'string' ? value : stringifyJson(value),
      ]),
  );
}

function shortName(runtimeRef: string | null): string {
  return runtimeRef === null ? 'native' : runtimeRef.slice(runtimeRef.lastIndexOf('.') + 1);
}
