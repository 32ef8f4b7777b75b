import { DomainError, type LdapSettings } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { type HttpExchange } from '../../http/exchange.js';
import { ExternalLoginService } from '../external/external-login.service.js';
import { type LinkedIdentity } from '../external/sql/find-linked-identity.sql.js';
import { LdapDirectory } from './ldap-directory.js';

/** Logs people in whom the directory knows. */
@Injectable()
export class LdapLoginService {
  constructor(
    @Inject(LdapDirectory) private readonly directory: LdapDirectory,
    @Inject(ExternalLoginService) private readonly external: ExternalLoginService,
  ) {}

  /** @throws DomainError auth.not_implemented */
  requireConfigured(): LdapSettings {
    return this.directory.settings;
  }

  /** @throws DomainError 401, 403 when the identity is frozen, 503 when the directory cannot be asked */
  async execute(login: string, password: string, http: HttpExchange): Promise<LinkedIdentity> {
    const account = await this.directory.authenticate(login, password);
    if (!account) throw new DomainError('auth.unauthenticated', 'The login or the password is wrong');
    return this.external.execute(account, http);
  }
}
