import {
  DomainError,
  execute,
  findPack,
  findRuntime,
  LOGGER,
  type Logger,
  RuntimeEntity,
  runtimeUsers,
  sql,
} from '@attune/common';
import { type CreateRuntimeRequest, type UpdateRuntimeRequest } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { givenFields, patched } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { objectOrNull } from '../domain/wire.js';

/** Unlike other components a runtime needs no pack in its ref. */
const RUNTIME_REF = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** Creates, changes and deletes runtimes. */
@Injectable()
export class WriteRuntimesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async create(caller: Caller, body: CreateRuntimeRequest): Promise<RuntimeEntity> {
    const { pack_ref: packRef, distributions, installation, execution_config, ...plain } = body;
    requireRuntimeRef(body.ref);
    return this.dataSource.transaction(async (db) => {
      const pack = packRef === undefined ? null : found('pack', packRef, await findPack(db, packRef));
      if (await findRuntime(db, body.ref)) {
        throw new DomainError('runtime.conflict', `The runtime ${body.ref} already exists`);
      }
      const runtime: Partial<RuntimeEntity> = {
        ...plain,
        description: body.description ?? null,
        pack: pack?.id ?? null,
        pack_ref: pack?.ref ?? null,
        distributions: objectOrNull('distributions', distributions) ?? {},
        installation: objectOrNull('installation', installation) ?? {},
        execution_config: objectOrNull('execution_config', execution_config) ?? {},
        is_adhoc: true,
      };
      const { id } = await db.save(Object.assign(new RuntimeEntity(), runtime));
      await this.tell(db, caller, { id, ref: body.ref }, { change: 'created' });
      return found('runtime', body.ref, await findRuntime(db, body.ref));
    });
  }

  async update(caller: Caller, ref: string, body: UpdateRuntimeRequest): Promise<RuntimeEntity> {
    const { description, distributions, installation, execution_config, ...plain } = body;
    return this.dataSource.transaction(async (db) => {
      const runtime = found('runtime', ref, await findForUpdate(db, RuntimeEntity, ref));
      const changes: Partial<RuntimeEntity> = {
        ...givenFields(plain),
        description: patched(runtime.description, description),
        installation: objectOrNull('installation', patched(runtime.installation, installation)) ?? {},
        distributions: objectOrNull('distributions', distributions) ?? runtime.distributions,
        execution_config: objectOrNull('execution_config', execution_config) ?? runtime.execution_config,
      };
      await db.save(Object.assign(runtime, changes));
      await this.tell(db, caller, runtime, { change: 'updated', fields: Object.keys(givenFields(body)) });
      return found('runtime', ref, await findRuntime(db, ref));
    });
  }

  /** @throws DomainError 409 while an action or a sensor is written for it */
  async delete(caller: Caller, ref: string): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      // The strongest lock: nobody may begin to use it between the look and the deletion.
      const lock = { mode: 'pessimistic_write' } as const;
      const runtime = found('runtime', ref, await db.findOne(RuntimeEntity, { where: { ref }, lock }));
      const [user] = await runtimeUsers(db, runtime.id, 1);
      if (user !== undefined) throw new DomainError('runtime.conflict', `The runtime ${ref} is in use by ${user}`);
      await execute(db, sql`delete from runtime as r where r.id = ${runtime.id}`);
      await this.tell(db, caller, runtime, { change: 'deleted' });
    });
    this.logger.info({ runtimeRef: ref, identityId: caller.identityId }, 'runtime deleted');
  }

  private tell(
    db: EntityManager,
    caller: Caller,
    { id, ref }: Pick<RuntimeEntity, 'id' | 'ref'>,
    details: JsonObject,
  ): Promise<void> {
    const resource = { type: 'runtime', id, ref };
    return this.audit.record(db, caller, { type: 'definition.runtime.changed', resource, details });
  }
}

/** @throws DomainError 422 */
function requireRuntimeRef(ref: string): void {
  if (RUNTIME_REF.test(ref)) return;
  throw new DomainError(
    'runtime.unprocessable',
    `The runtime ref '${ref}' must be lower-case parts of letters, digits, '_' and '-', joined by '.'`,
  );
}
