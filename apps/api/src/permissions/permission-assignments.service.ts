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
import { found } from '../domain/found.js';
import { IdentityGuard } from '../identities/identity-guard.service.js';
import { type Assignment, listAssignments } from './sql/list-assignments.sql.js';

/** Gives identities permission sets and takes them away. */
@Injectable()
export class PermissionAssignmentsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdentityGuard) private readonly guard: IdentityGuard,
  ) {}

  async listOf(identityId: number): Promise<Assignment[]> {
    found('identity', identityId, await findIdentity(this.dataSource, identityId));
    return listAssignments(this.dataSource, identityId);
  }

  async assign(body: CreatePermissionAssignmentRequest): Promise<Assignment> {
    return this.dataSource.transaction(async (db) => {
      const identity = await identityOf(db, body);
      const [set = null] = await findPermissionSets(db, [body.permission_set_ref]);
      const { id: setId, ref } = found('permission_set', body.permission_set_ref, set);
      const assignments = db.getRepository(PermissionAssignmentEntity);
      if (await assignments.existsBy({ identity_id: identity.id, permission_set_id: setId })) {
        throw new DomainError('permission_set.conflict', `${identity.login} has the permission set ${ref} already`);
      }
      const { id } = await assignments.save({ identity_id: identity.id, permission_set_id: setId });
      const { created } = await assignments.findOneByOrFail({ id });
      return { id, identity_id: identity.id, permission_set_id: setId, permission_set_ref: ref, created };
    });
  }

  remove(assignmentId: number): Promise<void> {
    return this.guard.keepingManager(async (db) => {
      const { affected } = await db.getRepository(PermissionAssignmentEntity).delete({ id: assignmentId });
      if (affected === 0) {
        throw new DomainError('permission.not_found', `There is no permission assignment ${assignmentId}`);
      }
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
