import {
  type AuditRecord,
  DomainError,
  listPermissionSets,
  PermissionSetEntity,
  PermissionSetRoleAssignmentEntity,
} from '@attune/common';
import { type PermissionSetSummary, type UpdatePermissionSetRequest } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { givenFields } from '../domain/changes.js';
import { found } from '../domain/found.js';
import { asStored } from '../domain/wire.js';
import { IdentityGuard } from '../identities/identity-guard.service.js';
import { requireMeaningfulGrants } from './check-grants.js';
import { showPermissionSet } from './show-permission-set.js';
import { listSetRoles, type SetRole } from './sql/list-set-roles.sql.js';

/** Shows and changes permission sets, and binds them to roles. Packs bring them; nothing else makes new ones. */
@Injectable()
export class PermissionSetsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdentityGuard) private readonly guard: IdentityGuard,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** By ref. */
  async list(packRef: string | undefined): Promise<PermissionSetSummary[]> {
    const all = await listPermissionSets(this.dataSource);
    const sets = packRef === undefined ? all : all.filter(({ pack_ref: ref }) => ref === packRef);
    const roles = await listSetRoles(
      this.dataSource,
      sets.map(({ id }) => id),
    );
    return sets.map((set) => showPermissionSet(set, roles));
  }

  /** From now on the set is the operator's: a newer version of its pack leaves it alone. */
  update(caller: Caller, id: number, { grants, ...texts }: UpdatePermissionSetRequest): Promise<PermissionSetSummary> {
    return this.guard.keepingManager(async (db) => {
      const set = await findSetForUpdate(db, id);
      requireMeaningfulGrants(grants, set.grants);
      await db.save(Object.assign(set, givenFields(texts), { grants: grants.map(asStored), is_adhoc: true }));
      await this.audit.record(db, caller, setEvent(set, { changed: ['grants', ...Object.keys(givenFields(texts))] }));
      return showPermissionSet(set, await listSetRoles(db, [id]));
    });
  }

  async bindToRole(caller: Caller, id: number, role: string): Promise<SetRole> {
    return this.dataSource.transaction(async (db) => {
      const set = await findSetForUpdate(db, id);
      const bindings = db.getRepository(PermissionSetRoleAssignmentEntity);
      if (await bindings.existsBy({ permission_set_id: id, role })) {
        throw new DomainError('permission_set.conflict', `The role ${role} has the permission set ${set.ref} already`);
      }
      const binding = await bindings.save({ permission_set_id: id, role });
      await this.audit.record(db, caller, setEvent(set, { bound_to_role: role }));
      const roles = await listSetRoles(db, [id]);
      return found('role', binding.id, roles.find((one) => one.id === binding.id) ?? null);
    });
  }

  unbindFromRole(caller: Caller, bindingId: number): Promise<void> {
    return this.guard.keepingManager(async (db) => {
      const bindings = db.getRepository(PermissionSetRoleAssignmentEntity);
      const binding = found('role', bindingId, await bindings.findOneBy({ id: bindingId }));
      const set = await findSetForUpdate(db, binding.permission_set_id);
      await bindings.delete({ id: bindingId });
      await this.audit.record(db, caller, setEvent(set, { unbound_from_role: binding.role }));
    });
  }
}

const setEvent = ({ id, ref }: PermissionSetEntity, details: JsonObject): AuditRecord => ({
  type: 'admin.permission_set.changed',
  resource: { type: 'permission_set', id, ref },
  details,
});

/** Locked: two who bind or change it at once must see each other. */
async function findSetForUpdate(db: EntityManager, id: number): Promise<PermissionSetEntity> {
  const lock = { mode: 'for_no_key_update' } as const;
  return found('permission_set', id, await db.findOne(PermissionSetEntity, { where: { id }, lock }));
}
