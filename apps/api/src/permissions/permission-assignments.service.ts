import {
  type Database,
  DomainError,
  findIdentity,
  findIdentityByLogin,
  findPermissionSets,
  type IdentityEntity,
  PermissionAssignmentEntity,
} from '@attune/common';
import { type CreatePermissionAssignmentRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { identityEvent } from '../identities/identity-event.js';
import { IdentityGuard } from '../identities/identity-guard.service.js';
import { type Assignment, listAssignments } from './sql/list-assignments.sql.js';

/** Gives identities permission sets and takes them away. */
@Injectable()
export class PermissionAssignmentsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdentityGuard) private readonly guard: IdentityGuard,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async listOf(identityId: number): Promise<Assignment[]> {
    found('identity', identityId, await findIdentity(this.dataSource, identityId));
    return listAssignments(this.dataSource, identityId);
  }

  async assign(caller: Caller, body: CreatePermissionAssignmentRequest): Promise<Assignment> {
    return this.dataSource.transaction(async (db) => {
      const identity = await identityOf(db, body);
      const [set = null] = await findPermissionSets(db, [body.permission_set_ref]);
      const { id: setId, ref } = found('permission_set', body.permission_set_ref, set);
      const assignments = db.getRepository(PermissionAssignmentEntity);
      if (await assignments.existsBy({ identity_id: identity.id, permission_set_id: setId })) {
        throw new DomainError('permission_set.conflict', `${identity.login} has the permission set ${ref} already`);
      }
      const { id } = await assignments.save({ identity_id: identity.id, permission_set_id: setId });
      const event = identityEvent('admin.permission_assignment.changed', identity, { added: ref });
      await this.audit.record(db, caller, event);
      const { created } = await assignments.findOneByOrFail({ id });
      return { id, identity_id: identity.id, permission_set_id: setId, permission_set_ref: ref, created };
    });
  }

  remove(caller: Caller, assignmentId: number): Promise<void> {
    return this.guard.keepingManager(async (db) => {
      const assignments = db.getRepository(PermissionAssignmentEntity);
      const assignment = await assignments.findOneBy({ id: assignmentId });
      if (assignment === null) {
        throw new DomainError('permission.not_found', `There is no permission assignment ${assignmentId}`);
      }
      await assignments.delete({ id: assignmentId });
      const { identity_id: id, permission_set_id } = assignment;
      const identity = found('identity', id, await findIdentity(db, id));
      const event = identityEvent('admin.permission_assignment.changed', identity, { removed: permission_set_id });
      await this.audit.record(db, caller, event);
    });
  }
}

/** By id or by login; both must mean the same one. @throws DomainError permission.bad_request, identity.not_found */
async function identityOf(
  db: Database,
  { identity_id: id, identity_login: login }: CreatePermissionAssignmentRequest,
): Promise<IdentityEntity> {
  if (id === undefined && login === undefined) {
    throw new DomainError('permission.bad_request', 'identity_id or identity_login must say who gets it');
  }
  const identity = id === undefined ? null : found('identity', id, await findIdentity(db, id));
  if (login === undefined && identity) return identity;
  const named = found('identity', login ?? '', await findIdentityByLogin(db, login ?? ''));
  if (identity && identity.id !== named.id) {
    throw new DomainError('permission.bad_request', 'identity_id and identity_login name two different identities');
  }
  return named;
}
