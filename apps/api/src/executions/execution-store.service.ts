import {
  CallBatcher,
  type ExecutionEntity,
  ExecutionSecretValueEntity,
  findExecutions,
  insertExecutions,
  leaveAuditToCaller,
  type NewExecution,
  publish,
  SecretBox,
  sqlStateOf,
} from '@attune/common';
import { type SecretValue, withRawNumbers } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Audited, AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { executionRequested } from './execution-audit.js';
import { findRunnableActions, type RunnableAction } from './sql/find-runnable-actions.sql.js';

/** An execution somebody asked for. */
export interface RequestedExecution {
  readonly execution: NewExecution;
  /** Parameters that are not in it. */
  readonly secrets: readonly SecretValue[];
  readonly by: Audited;
}

/** Requests that share one transaction at most: each may hold parameters of megabytes. */
const GROUP = 100;

/** Classes of SQLSTATE that are about one of the rows. */
const ABOUT_A_ROW = /^(22|23|54)/;

const isAboutItem = (error: unknown): boolean => ABOUT_A_ROW.test(sqlStateOf(error) ?? '');

/**
 * What requests for executions read and write. Those that come at the same moment share the statements and the commit; each is as it
 * would be alone, and one that cannot be stored does not take the others with it.
 */
@Injectable()
export class ExecutionStore {
  private readonly lookups: CallBatcher<string, RunnableAction | null>;
  private readonly requests: CallBatcher<RequestedExecution, ExecutionEntity>;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    @Inject(SecretBox) private readonly secrets: SecretBox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {
    this.lookups = new CallBatcher({
      maxItems: GROUP,
      isAboutItem,
      run: (refs) => findRunnableActions(dataSource, refs),
    });
    this.requests = new CallBatcher({
      maxItems: GROUP,
      isAboutItem,
      run: (requests) => dataSource.transaction((db) => this.storeAll(db, requests)),
    });
  }

  /** The action with this ref, or null. */
  findAction(ref: string): Promise<RunnableAction | null> {
    return this.lookups.add(ref);
  }

  /** Stores an execution with what announces it, and gives it back. */
  request(request: RequestedExecution): Promise<ExecutionEntity> {
    return this.requests.add(request);
  }

  private async storeAll(db: EntityManager, requests: readonly RequestedExecution[]): Promise<ExecutionEntity[]> {
    await leaveAuditToCaller(db);
    const ids = await insertExecutions(
      db,
      requests.map(({ execution }) => execution),
    );
    await this.storeSecrets(db, ids, requests);
    await publish(
      db,
      ids.map((id) => ({ topic: 'execution.requested', payload: { execution_id: id } })),
    );
    const rows = new Map((await findExecutions(db, ids)).map((row) => [row.id, row]));
    const stored = ids.map((id) => found('execution', id, rows.get(id) ?? null));
    await this.audit.recordAll(
      db,
      requests.map(({ by }) => by),
      stored.map(executionRequested),
    );
    return stored;
  }

  private async storeSecrets(
    db: EntityManager,
    ids: readonly number[],
    requests: readonly RequestedExecution[],
  ): Promise<void> {
    const rows = ids.flatMap((id, index) =>
      (requests[index]?.secrets ?? []).map(({ pointer, value }) => ({
        entity_type: 'execution_config' as const,
        entity_id: id,
        json_path: pointer,
        encrypted_value: this.secrets.seal(withRawNumbers(value)),
        encryption_key_hash: this.secrets.keyHash,
      })),
    );
    if (rows.length > 0) await db.getRepository(ExecutionSecretValueEntity).insert(rows);
  }
}
