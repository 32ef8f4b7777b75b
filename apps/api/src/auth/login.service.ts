import {
  CONFIG,
  type Config,
  DomainError,
  findIdentityByLogin,
  type IdentityEntity,
  verifyPassword,
} from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Finds out who somebody with a login and a password is. */
@Injectable()
export class LoginService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Takes the same time and says the same whether the login is unknown, has no password or another one. That an identity
   * is frozen is told only to who knows its password.
   */
  async execute(login: string, password: string): Promise<IdentityEntity> {
    requireLocalPasswords(this.config);
    const identity = await findIdentityByLogin(this.dataSource, login);
    const isRight = await verifyPassword(identity?.password_hash ?? null, password);
    if (!identity || !isRight) throw new DomainError('auth.unauthenticated', 'The login or the password is wrong');
    if (identity.frozen) throw new DomainError('identity.forbidden', 'This identity is frozen');
    return identity;
  }
}

/** @throws DomainError auth.forbidden */
export function requireLocalPasswords({ security }: Config): void {
  if (security.localPassword.enabled) return;
  throw new DomainError('auth.forbidden', 'Logging in with a password of Attune is switched off');
}
