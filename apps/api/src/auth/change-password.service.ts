import { DomainError, findIdentity, hashPassword, verifyPassword } from '@attune/common';
import { type ChangePasswordRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { replacePassword } from './sql/replace-password.sql.js';
import { type TokenSubject } from './token-pair.js';

/** Gives callers another password. With that every refresh token they have is worth nothing: whoever stole one is out. */
@Injectable()
export class ChangePasswordService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /**
   * @returns whom new tokens can be made for
   * @throws DomainError 401 when the current password is wrong, 403 for an identity that has none
   */
  async execute(caller: Caller, passwords: ChangePasswordRequest): Promise<TokenSubject> {
    const { identityId } = caller;
    const identity = found('identity', identityId, await findIdentity(this.dataSource, identityId));
    const { password_hash: oldHash } = identity;
    if (oldHash === null) throw new DomainError('identity.forbidden', 'This identity does not log in with a password');
    if (!(await verifyPassword(oldHash, passwords.current_password))) {
      throw new DomainError('auth.unauthenticated', 'The current password is wrong');
    }
    const newHash = await hashPassword(passwords.new_password);
    const version = await this.dataSource.transaction(async (db) => {
      const resource = { type: 'identity', id: identityId, ref: identity.login };
      await this.audit.record(db, caller, {
        type: 'admin.identity.updated',
        resource,
        details: { changed_fields: ['password'] },
      });
      const changed = await replacePassword(db, { identityId, oldHash, newHash });
      if (changed === null) throw new DomainError('auth.unauthenticated', 'The password was changed meanwhile');
      return changed;
    });
    return { id: identity.id, login: identity.login, session_version: version };
  }
}
