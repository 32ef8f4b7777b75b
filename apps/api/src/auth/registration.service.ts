import { CONFIG, type Config, DomainError, hashPassword, IdentityEntity } from '@attune/common';
import { type RegisterRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Audited, AuditTrail } from '../audit/audit-trail.service.js';
import { requireLocalPasswords } from './login.service.js';
import { isUsableLogin } from '../domain/logins.js';
import { insertLocalIdentity } from './sql/insert-local-identity.sql.js';

/** Lets people make their own identity, where that is allowed. It may do nothing until somebody gives it rights. */
@Injectable()
export class RegistrationService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws DomainError auth.forbidden */
  requireAllowed(): void {
    requireLocalPasswords(this.config);
    if (this.config.security.allowSelfRegistration) return;
    throw new DomainError('auth.forbidden', 'Only an administrator can create identities here');
  }

  /** @throws DomainError 409 when the login is taken, 422 when nobody may have it */
  async execute(request: RegisterRequest, by: Audited): Promise<IdentityEntity> {
    const { login, password, display_name: displayName } = request;
    if (!isUsableLogin(login)) throw new DomainError('identity.invalid', 'login: this cannot be a login');
    const hash = await hashPassword(password);
    return this.dataSource.transaction(async (db) => {
      const id = await insertLocalIdentity(db, { login, displayName: blankToNull(displayName), hash });
      if (id === null) throw new DomainError('identity.conflict', `The login ${login} is taken`);
      const resource = { type: 'identity', id, ref: login };
      await this.audit.record(db, by, { type: 'admin.identity.created', resource, details: { provider: 'local' } });
      return db.getRepository(IdentityEntity).findOneByOrFail({ id });
    });
  }
}

/** A name that nobody could see is none. */
export function blankToNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
