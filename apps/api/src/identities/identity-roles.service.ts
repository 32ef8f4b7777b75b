import { DomainError, findIdentity, IdentityRoleAssignmentEntity } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { identityEvent } from './identity-event.js';
import { IdentityGuard } from './identity-guard.service.js';

/** Gives and takes roles. Who may do so holds permissions:manage, which was checked before: that is the power to give any right. */
@Injectable()
export class IdentityRolesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdentityGuard) private readonly guard: IdentityGuard,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async add(caller: Caller, identityId: number, role: string): Promise<IdentityRoleAssignmentEntity> {
    return this.dataSource.transaction(async (db) => {
      const identity = found('identity', identityId, await findIdentity(db, identityId));
      const roles = db.getRepository(IdentityRoleAssignmentEntity);
      if (await roles.existsBy({ identity_id: identityId, role })) {
        throw new DomainError('role.conflict', `The identity ${identityId} has the role ${role} already`);
      }
      const { id } = await roles.save({ identity_id: identityId, role });
      const event = identityEvent('admin.role_assignment.changed', identity, { added: role });
      await this.audit.record(db, caller, event);
      return roles.findOneByOrFail({ id });
    });
  }

  remove(caller: Caller, assignmentId: number): Promise<void> {
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
      const identity = found('identity', assignment.identity_id, await findIdentity(db, assignment.identity_id));
      const event = identityEvent('admin.role_assignment.changed', identity, { removed: assignment.role });
      await this.audit.record(db, caller, event);
    });
  }
}
