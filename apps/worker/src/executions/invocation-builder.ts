import { type Config, type Logger, type SecretBox, SYSTEM_IDENTITY_ID, type TokenSigner } from '@attune/common';
import { getOwn, type Json, isJsonObject, isRedactedSecret, stringifyJson } from '@attune/engine';
import { join } from 'node:path';
import { type ActionInvocation } from '../process/action-invocation.js';
import { StartError } from '../process/start-error.js';
import { chooseCandidate } from '../runtimes/available-runtime.js';
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
    if (action.invocation !== 'process') {
      throw new StartError(`Action '${action.ref}' is a function, which this version of the worker cannot call`);
    }
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
      execution: this.executionOf(action),
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

  private executionOf({
    ref,
    runtime: id,
    runtime_ref,
    runtime_version_constraint: constraint,
  }: Action): ExecutionConfig {
    if (id === null) {
      if (runtime_ref === null) return NATIVE_EXECUTION;
      throw new StartError(`Runtime '${runtime_ref}' of action '${ref}' no longer exists`);
    }
    const name = runtime_ref ?? String(id);
    const runtime = this.catalog.find(id);
    if (runtime === null) throw new StartError(`Runtime '${name}' is not available on this worker`);
    const candidate = chooseCandidate(runtime, constraint);
    if (candidate !== null) return candidate.execution;
    throw new StartError(`Runtime '${name}' is not available in version ${constraint ?? '*'} on this worker`);
  }
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
