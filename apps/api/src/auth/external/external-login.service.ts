import { createHash } from 'node:crypto';
import { constraintOf, DomainError, SQLSTATE, sqlStateOf } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isUsableLogin } from '../logins.js';
import { type ExternalAccount } from './external-account.js';
import { deleteManagedRoles } from './sql/delete-managed-roles.sql.js';
import { findLinkedIdentity, type LinkedIdentity } from './sql/find-linked-identity.sql.js';
import { insertIdentity } from './sql/insert-identity.sql.js';
import { insertManagedRoles } from './sql/insert-managed-roles.sql.js';
import { renameIdentity } from './sql/rename-identity.sql.js';
import { saveLink } from './sql/save-link.sql.js';

/**
 * Finds the identity of an outside account, or makes one. Issuer and subject alone say who it is: an identity with the same
 * login or e-mail address is somebody else, or whoever may choose a name at the provider could become anybody here.
 */
@Injectable()
export class ExternalLoginService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** @throws DomainError 403 when the identity is frozen; then nothing of it changes */
  async execute(account: ExternalAccount): Promise<LinkedIdentity> {
    try {
      return await this.dataSource.transaction((db) => enter(db, account));
    } catch (error) {
      if (!isFirstLoginTwice(error)) throw error;
      return await this.dataSource.transaction((db) => enter(db, account));
    }
  }
}

/** Two first logins at once: the one that lost finds what the other made. */
const isFirstLoginTwice = (error: unknown): boolean =>
  sqlStateOf(error) === SQLSTATE.uniqueViolation && constraintOf(error) === 'identity_link_account_key';

async function enter(db: EntityManager, account: ExternalAccount): Promise<LinkedIdentity> {
  const { provider, profile, roles } = account;
  const identity = (await findLinkedIdentity(db, account)) ?? (await create(db, account));
  if (identity.frozen) throw new DomainError('identity.forbidden', 'This identity is frozen');
  await saveLink(db, identity.id, account);
  const { display_name: name } = profile;
  if (name !== null) await renameIdentity(db, identity.id, name);
  if (roles !== null) {
    await deleteManagedRoles(db, identity.id, { provider, keep: roles });
    await insertManagedRoles(db, identity.id, { provider, roles });
  }
  return { ...identity, display_name: name ?? identity.display_name };
}

async function create(db: EntityManager, account: ExternalAccount): Promise<LinkedIdentity> {
  for (const login of account.logins.filter(isUsableLogin)) {
    const identity = await insertIdentity(db, login, account.profile.display_name);
    if (identity) return identity;
  }
  const login = lastResort(account);
  const identity = await insertIdentity(db, login, account.profile.display_name);
  if (!identity) throw new DomainError('identity.conflict', `The login ${login} is taken`);
  return identity;
}

/** Nobody can take this one before: logins of this form are reserved. */
function lastResort({ provider, issuer, subject }: ExternalAccount): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
  return `${provider}:${digest.slice(0, 32)}`;
}
