import { createHash } from 'node:crypto';
import { constraintOf, DomainError, SQLSTATE, sqlStateOf } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Audited, AuditTrail } from '../../audit/audit-trail.service.js';
import { isUsableLogin } from '../../domain/logins.js';
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
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws DomainError 403 when the identity is frozen; then nothing of it changes */
  async execute(account: ExternalAccount, by: Audited): Promise<LinkedIdentity> {
    try {
      return await this.dataSource.transaction((db) => this.enter(db, account, by));
    } catch (error) {
      if (!isFirstLoginTwice(error)) throw error;
      return await this.dataSource.transaction((db) => this.enter(db, account, by));
    }
  }

  private async enter(db: EntityManager, account: ExternalAccount, by: Audited): Promise<LinkedIdentity> {
    const known = await findLinkedIdentity(db, account);
    const identity = known ?? (await create(db, account));
    if (identity.frozen) throw new DomainError('identity.forbidden', 'This identity is frozen');
    await saveLink(db, identity.id, account);
    const { display_name: name } = account.profile;
    if (name !== null) await renameIdentity(db, identity.id, name);
    const { provider } = account;
    const resource = { type: 'identity', id: identity.id, ref: identity.login };
    if (!known) await this.audit.record(db, by, { type: 'admin.identity.created', resource, details: { provider } });
    const changes = account.roles === null ? null : await syncRoles(db, identity.id, provider, account.roles);
    if (changes) await this.audit.record(db, by, { type: 'admin.role_assignment.changed', resource, details: changes });
    return { ...identity, display_name: name ?? identity.display_name };
  }
}

/** Two first logins at once: the one that lost finds what the other made. */
const isFirstLoginTwice = (error: unknown): boolean =>
  sqlStateOf(error) === SQLSTATE.uniqueViolation && constraintOf(error) === 'identity_link_account_key';

/** What changed; null: nothing. */
async function syncRoles(
  db: EntityManager,
  identityId: number,
  provider: ExternalAccount['provider'],
  roles: readonly string[],
): Promise<{ readonly provider: string; readonly added: string[]; readonly removed: string[] } | null> {
  const removed = await deleteManagedRoles(db, identityId, { provider, keep: roles });
  const added = await insertManagedRoles(db, identityId, { provider, roles });
  return removed.length + added.length === 0 ? null : { provider, added, removed };
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
