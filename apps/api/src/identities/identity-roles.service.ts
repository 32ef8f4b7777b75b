import { DomainError, findIdentity, IdentityRoleAssignmentEntity } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { found } from '../domain/found.js';
import { IdentityGuard } from './identity-guard.service.js';

/** Gives and takes roles. Who may do so holds permissions:manage, which was checked before: that is the power to give any right. */
@Injectable()
export class IdentityRolesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdentityGuard) private readonly guard: IdentityGuard,
  ) {}

  async add(identityId: number, role: string): Promise<IdentityRoleAssignmentEntity> {
    return this.dataSource.transaction(async (db) => {
      found('identity', identityId, await findIdentity(db, identityId));
      const roles = db.getRepository(IdentityRoleAssignmentEntity);
      if (await roles.existsBy({ identity_id: identityId, role })) {
        throw new DomainError('role.conflict', `The identity ${identityId} has the role ${role} already`);
      }
      const { id } = await roles.save({ identity_id: identityId, role });
      return roles.findOneByOrFail({ id });
    });
  }

  remove(assignmentId: number): Promise<void> {
    return this.guard.keepingManager(async (db) => {
      const roles = db.getRepository(IdentityRoleAssignmentEntity);
      const assignment = found('role', assignmentId, await roles.findOneBy({ id: assignmentId }));
      if (assignment.managed) {
        throw new DomainError(
          'role.bad_request',
          `The role ${assignment.role} comes from ${assignment.source.toUpperCase()} and is taken away there`,
        );
      }
      await roles.delete({ id: assignmentId });
    });
  }
}
