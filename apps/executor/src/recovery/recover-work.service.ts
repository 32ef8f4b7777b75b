import { ADVISORY_LOCK, LOGGER, type Logger, resolveEnforcements, run, sql } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type ExecutionStart, StartExecutionsService } from '../executions/start-executions.service.js';
import { LostExecutionsService } from './lost-executions.service.js';
import { listOpenEnforcements, type OpenEnforcement } from './sql/list-open-enforcements.sql.js';

/** What one sweep found. */
export interface Recovery {
  readonly announcedExecutions: number;
  readonly resolvedEnforcements: number;
}

/** An enforcement that lies open longer (s) than this counts as lost. */
const LOST_AFTER_SECONDS = 30;

const BATCH = 1_000;

/**
 * Finds work whose message is missing. By the outbox none can be lost; this repairs what an operator, a restored backup or
 * a moved queue did.
 */
@Injectable()
export class RecoverWorkService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly executions: StartExecutionsService,
    private readonly lost: LostExecutionsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Undefined: another process is at it. */
  async recover(): Promise<Recovery | undefined> {
    const waiting = await this.lost.waitingAtBroker();
    const recovery = await this.dataSource.transaction(async (db): Promise<Recovery | undefined> => {
      if (!(await this.isMyTurn(db))) return undefined;
      return {
        announcedExecutions: await this.lost.announce(db, waiting),
        resolvedEnforcements: await this.resolveOpen(db),
      };
    });
    if (recovery && recovery.announcedExecutions + recovery.resolvedEnforcements > 0) {
      this.logger.warn({ ...recovery }, 'work without a message was found and taken up again');
    }
    return recovery;
  }

  private async isMyTurn(db: EntityManager): Promise<boolean> {
    const [row] = await run<{ mine: boolean }>(
      db,
      sql`select pg_try_advisory_xact_lock(${ADVISORY_LOCK.recovery}) as mine`,
    );
    return row?.mine === true;
  }

  private async resolveOpen(db: EntityManager): Promise<number> {
    const open = await listOpenEnforcements(db, LOST_AFTER_SECONDS, BATCH);
    const startable = open.filter(({ canStart }) => canStart);
    const processed = await resolveEnforcements(
      db,
      startable.map(({ id }) => id),
      'processed',
    );
    await this.executions.start(
      db,
      startable.filter(({ id }) => processed.includes(id)).map((enforcement) => toStart(enforcement)),
    );
    const disabled = await resolveEnforcements(
      db,
      open.filter(({ canStart }) => !canStart).map(({ id }) => id),
      'disabled',
    );
    return processed.length + disabled.length;
  }
}

function toStart(enforcement: OpenEnforcement): ExecutionStart {
  return {
    enforcement: enforcement.id,
    config: enforcement.config,
    action: enforcement.action,
    actionRef: enforcement.actionRef ?? '',
    ruleRef: enforcement.ruleRef,
    triggerRef: enforcement.triggerRef,
    ownerIdentity: enforcement.ownerIdentity,
    permissionSetRefs: enforcement.permissionSetRefs,
    retentionPolicy: enforcement.retentionPolicy,
    retentionLimit: enforcement.retentionLimit,
    workflowDef: enforcement.workflowDef,
    failure: null,
  };
}
