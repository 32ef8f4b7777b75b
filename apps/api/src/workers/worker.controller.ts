import { findWorker, listWorkers, LOGGER, type Logger } from '@attune/common';
import { operations, type Page, type WorkerSummary } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { countedPage, pageRequest } from '../http/reply.js';
import { showWorker } from './show-worker.js';
import { type Cordon, setCordon } from './sql/set-cordon.sql.js';

/** Workers have nothing a grant could name: the permission was checked before. */
@Controller()
export class WorkerController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Operation(operations.listWorkers)
  async list({ query }: InputOf<typeof operations.listWorkers>): Promise<Page<WorkerSummary>> {
    return countedPage(query, await listWorkers(this.dataSource, query, pageRequest(query)), showWorker);
  }

  @Operation(operations.getWorker)
  async get({ params }: InputOf<typeof operations.getWorker>): Promise<WorkerSummary> {
    return showWorker(found('worker', params.id, await findWorker(this.dataSource, params.id)));
  }

  @Operation(operations.cordonWorker)
  cordon({ caller, params, body }: InputOf<typeof operations.cordonWorker>): Promise<WorkerSummary> {
    return this.setCordon(params.id, caller, { by: caller.identityId, reason: body.reason ?? null });
  }

  @Operation(operations.uncordonWorker)
  uncordon({ caller, params }: InputOf<typeof operations.uncordonWorker>): Promise<WorkerSummary> {
    return this.setCordon(params.id, caller, null);
  }

  private async setCordon(id: number, caller: Caller, cordon: Cordon | null): Promise<WorkerSummary> {
    const worker = await this.dataSource.transaction(async (db) => {
      await setCordon(db, id, cordon);
      const changed = found('worker', id, await findWorker(db, id));
      await this.audit.record(db, caller, {
        type: 'admin.worker.changed',
        resource: { type: 'worker', id, ref: changed.name },
        details: { cordoned: cordon !== null },
      });
      return changed;
    });
    this.logger.info(
      { workerId: id, identityId: caller.identityId },
      cordon === null ? 'worker uncordoned' : 'worker cordoned',
    );
    return showWorker(worker);
  }
}
