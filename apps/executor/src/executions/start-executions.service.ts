import {
  insertExecutions,
  type NewExecution,
  publish,
  type RetentionPolicyType,
  SYSTEM_IDENTITY_ID,
} from '@attune/common';
import { holdsRedactedSecret, type JsonObject } from '@attune/engine';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { copySecretValues } from '../secrets/sql/copy-secret-values.sql.js';

/** The execution an enforcement asks for. */
export interface ExecutionStart {
  readonly enforcement: number;
  /** Redacted parameters; null: none. */
  readonly config: JsonObject | null;
  readonly action: number | null;
  readonly actionRef: string;
  readonly ruleRef: string;
  readonly triggerRef: string;
  /** Owner of the rule; null: the system identity executes. */
  readonly ownerIdentity: number | null;
  readonly permissionSetRefs: readonly string[];
  readonly retentionPolicy: RetentionPolicyType | null;
  readonly retentionLimit: number | null;
  readonly workflowDef: number | null;
  /** Not null: it cannot start, and this is why. It is recorded as failed. */
  readonly failure: string | null;
}

/** How many versions of an artifact are kept when neither caller nor action say so. */
const DEFAULT_RETENTION_VERSIONS = 5;

/** Creates the top-level executions of enforcements, with their secrets and the messages that announce them. */
@Injectable()
export class StartExecutionsService {
  async start(db: EntityManager, starts: readonly ExecutionStart[]): Promise<void> {
    if (starts.length === 0) return;
    const ids = await insertExecutions(db, starts.map(toExecution));
    const created = ids.flatMap((execution, index) => {
      const start = starts[index];
      return start === undefined ? [] : [{ execution, start }];
    });
    await copySecretValues(
      db,
      created
        .filter(({ start }) => holdsRedactedSecret(start.config))
        .map(({ execution, start }) => ({ execution, enforcement: start.enforcement })),
    );
    await publish(
      db,
      created.map(({ execution, start }) => ({
        topic: start.failure === null ? 'execution.requested' : 'execution.completed',
        payload: { execution_id: execution },
      })),
    );
  }
}

function toExecution(start: ExecutionStart): NewExecution {
  return {
    action: start.action,
    action_ref: start.actionRef,
    config: start.config,
    enforcement: start.enforcement,
    rule_ref: start.ruleRef,
    trigger_ref: start.triggerRef,
    executor: start.ownerIdentity ?? SYSTEM_IDENTITY_ID,
    permission_set_refs: start.permissionSetRefs,
    artifact_retention_policy: start.retentionPolicy ?? 'versions',
    artifact_retention_limit: start.retentionLimit ?? DEFAULT_RETENTION_VERSIONS,
    workflow_def: start.workflowDef,
    ...(start.failure === null
      ? {}
      : {
          status: 'failed',
          result: {
            error: start.failure,
            succeeded: false,
            failed_by: 'rule_engine',
            failed_at: new Date().toISOString(),
          },
        }),
  };
}
