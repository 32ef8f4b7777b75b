import { join } from 'node:path';
import { CONFIG, type Config, DomainError, findPack, type PackEntity } from '@attune/common';
import { type PackWorkflowSyncResponse, type PackWorkflowValidationResponse, operations } from '@attune/contract';
import { packLocked, problemText, readPackWorkflows, storeWorkflow, type WorkflowFileReading } from '@attune/packs';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { packTarget } from '../packs/show-pack.js';

type SyncResult = PackWorkflowSyncResponse['workflows'][number];

/** Loads and checks the workflow files of packs. A file that is wrong keeps no other from being loaded. */
@Injectable()
export class WorkflowSyncService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async sync(caller: Caller, packRef: string): Promise<PackWorkflowSyncResponse> {
    const pack = found('pack', packRef, await findPack(this.dataSource, packRef));
    this.access.require(caller, operations.syncPackWorkflows, packTarget(pack));
    return packLocked(this.dataSource, pack.ref, async (db) => {
      const readings = await this.read(pack);
      const workflows: SyncResult[] = [];
      const errors = readings.flatMap(({ problems }) => problems.map(problemText));
      for (const reading of readings) {
        const result = await store(db, pack, reading);
        if (typeof result === 'string') errors.push(result);
        else if (result !== null) workflows.push(result);
      }
      const refs = workflows.map(({ ref_name: ref }) => ref);
      const details = { change: 'loaded', workflows: refs, errors: errors.length };
      const resource = { type: 'pack', id: pack.id, ref: pack.ref };
      await this.audit.record(db, caller, { type: 'definition.workflow.changed', resource, details });
      const loaded = readings.filter(({ workflow }) => workflow !== null).length;
      return { pack_ref: pack.ref, loaded_count: loaded, registered_count: workflows.length, workflows, errors };
    });
  }

  async validate(caller: Caller, packRef: string): Promise<PackWorkflowValidationResponse> {
    const pack = found('pack', packRef, await findPack(this.dataSource, packRef));
    this.access.require(caller, operations.validatePackWorkflows, packTarget(pack));
    const readings = await this.read(pack);
    const faulty = readings.filter(({ problems }) => problems.length > 0);
    return {
      pack_ref: pack.ref,
      validated_count: readings.length,
      error_count: faulty.reduce((sum, { problems }) => sum + problems.length, 0),
      errors: Object.fromEntries(faulty.map(({ file, problems }) => [file, problems.map(problemText)])),
    };
  }

  private read({ ref }: PackEntity): Promise<WorkflowFileReading[]> {
    // A pack ref is one plain path segment (its check constraint), so this stays below the directory of packs.
    return readPackWorkflows(join(this.config.packsBaseDir, ref), ref);
  }
}

/** Null: the file has problems, which are told already. A text: why the workflow cannot be stored. */
async function store(
  db: EntityManager,
  pack: PackEntity,
  { file, workflow, warnings }: WorkflowFileReading,
): Promise<SyncResult | string | null> {
  if (workflow === null) return null;
  try {
    const { id, created } = await storeWorkflow(db, pack, { ...workflow, isAdhoc: false });
    return { ref_name: workflow.ref, created, workflow_def_id: id, warnings: warnings.map(problemText) };
  } catch (error) {
    if (error instanceof DomainError) return `${file}: ${error.message}`;
    throw error;
  }
}
