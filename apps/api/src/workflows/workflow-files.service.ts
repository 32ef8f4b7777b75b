import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CONFIG,
  type Config,
  DomainError,
  findPack,
  findWorkflow,
  LOGGER,
  type Logger,
  type PackEntity,
} from '@attune/common';
import { operations, type SaveWorkflowFileRequest } from '@attune/contract';
import {
  actionFileText,
  type EditStorage,
  editPackFiles,
  findLinkedAction,
  problemText,
  readPackWorkflows,
  readWorkflowFile,
  recoverPackEdits,
  storeWorkflow,
  type WorkflowFacts,
  workflowFileText,
} from '@attune/packs';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { BUNDLED_PACKS } from '../bootstrap/bootstrap.js';
import { found } from '../domain/found.js';
import { requireRef } from '../domain/refs.js';
import { objectOrNull, requireObject } from '../domain/wire.js';
import { workflowTarget } from './show-workflow.js';
import { type SavedWorkflow } from './write-workflows.service.js';

/** A file that is written, and what is written beside it. */
interface WorkflowPlace {
  /** Path inside the pack. */
  readonly path: string;
  /** The action whose file says the same facts; null: the workflow file says them itself. */
  readonly linked: Awaited<ReturnType<typeof findLinkedAction>>;
}

/** Saves workflows as files of their pack and loads them: both or neither, also when the process is killed. */
@Injectable()
export class WorkflowFilesService implements OnApplicationBootstrap {
  private readonly storage: EditStorage;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(CONFIG) { packsBaseDir: packsBaseDirectory }: Config,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.storage = { dataSource, packsBaseDirectory, logger };
  }

  async onApplicationBootstrap(): Promise<void> {
    await recoverPackEdits(this.storage);
  }

  async create(caller: Caller, packRef: string, body: SaveWorkflowFileRequest): Promise<SavedWorkflow> {
    const pack = found('pack', packRef, await findPack(this.storage.dataSource, packRef));
    const ref = `${pack.ref}.${body.name}`;
    this.access.require(caller, operations.createWorkflowFile, { ref, packRef: pack.ref });
    requireSamePack(body, pack.ref);
    requireRef('action', ref);
    return this.save(caller, pack, { ref, body, isNew: true });
  }

  async update(caller: Caller, ref: string, body: SaveWorkflowFileRequest): Promise<SavedWorkflow> {
    const { dataSource } = this.storage;
    const workflow = found('workflow', ref, await findWorkflow(dataSource, ref));
    this.access.require(caller, operations.updateWorkflowFile, workflowTarget(workflow));
    requireSamePack(body, workflow.pack_ref);
    if (`${workflow.pack_ref}.${body.name}` !== ref) {
      throw new DomainError('workflow.bad_request', `The workflow ${ref} keeps its name`);
    }
    const pack = found('pack', workflow.pack_ref, await findPack(dataSource, workflow.pack_ref));
    return this.save(caller, pack, { ref, body, isNew: false });
  }

  private save(
    caller: Caller,
    pack: PackEntity,
    { ref, body, isNew }: { ref: string; body: SaveWorkflowFileRequest; isNew: boolean },
  ): Promise<SavedWorkflow> {
    if (existsSync(join(BUNDLED_PACKS, pack.ref))) {
      throw new DomainError(
        'pack.bad_request',
        `The files of ${pack.ref} come with the product and are put back at every start`,
      );
    }
    const facts = factsOf(ref, body);
    const graph = requireObject('definition', body.definition);
    return editPackFiles(this.storage, {
      ref: pack.ref,
      change: async (db) => {
        const place = await this.placeOf(db, pack, { ref, name: body.name, isNew });
        const { linked, path } = place;
        const action = linked && {
          ...linked.spec,
          ...facts,
          param_schema: facts.param_schema ?? {},
          out_schema: facts.out_schema ?? {},
        };
        const text = workflowFileText(facts, graph);
        const reading = readWorkflowFile({ path, text }, pack.ref, action);
        if (reading.workflow === null) {
          throw new DomainError(
            'workflow.invalid',
            `The workflow was not saved: ${reading.problems.map(problemText).join('; ')}`,
          );
        }
        await storeWorkflow(db, pack, { ...reading.workflow, isAdhoc: false });
        const workflow = found('workflow', ref, await findWorkflow(db, ref));
        const resource = { type: 'workflow', id: workflow.id, ref };
        const details = { change: isNew ? 'created' : 'updated', file: path };
        await this.audit.record(db, caller, { type: 'definition.workflow.changed', resource, details });
        const beside = linked ? [await this.actionFile(pack, linked.file, facts)] : [];
        return {
          result: { workflow, warnings: reading.warnings.map(problemText) },
          files: [{ path, text }, ...beside],
        };
      },
    });
  }

  /** Where the workflow stands already, else a file of its own. @throws DomainError 409 for a new one that is there already */
  private async placeOf(
    db: EntityManager,
    pack: PackEntity,
    { ref, name, isNew }: { ref: string; name: string; isNew: boolean },
  ): Promise<WorkflowPlace> {
    const directory = this.directoryOf(pack);
    const stored = (await readPackWorkflows(directory, pack.ref)).find((reading) => reading.ref === ref);
    if (isNew && (stored || (await findWorkflow(db, ref)))) {
      throw new DomainError('workflow.conflict', `The workflow ${ref} already exists`);
    }
    const path = stored?.file ?? `workflows/${name}.yaml`;
    return { path, linked: await findLinkedAction(directory, pack.ref, path) };
  }

  private async actionFile(pack: PackEntity, path: string, facts: WorkflowFacts) {
    return { path, text: actionFileText(await readFile(join(this.directoryOf(pack), path), 'utf8'), facts) };
  }

  /** A pack ref is one plain path segment (its check constraint), so this stays below the directory of packs. */
  private directoryOf({ ref }: PackEntity): string {
    return join(this.storage.packsBaseDirectory, ref);
  }
}

/** @throws DomainError 422 for schemas that are no objects; what is in them is checked with the file */
const factsOf = (ref: string, body: SaveWorkflowFileRequest): WorkflowFacts => ({
  ref,
  label: body.label,
  description: body.description ?? null,
  version: body.version,
  tags: body.tags ?? [],
  param_schema: objectOrNull('param_schema', body.param_schema),
  out_schema: objectOrNull('out_schema', body.out_schema),
});

/** @throws DomainError 400 */
function requireSamePack({ pack_ref: given }: SaveWorkflowFileRequest, packRef: string): void {
  if (given === packRef) return;
  throw new DomainError('workflow.bad_request', `pack_ref says ${given}, but the workflow is one of ${packRef}`);
}
