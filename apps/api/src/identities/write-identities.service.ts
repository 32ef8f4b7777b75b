import { type Database, DomainError, hashPassword, IdentityEntity } from '@attune/common';
import { type CreateIdentityRequest, type UpdateIdentityRequest } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { givenFields } from '../domain/changes.js';
import { isReservedLogin } from '../domain/logins.js';
import { objectOrNull } from '../domain/wire.js';
import { requireHarmlessAttributes } from './attribute-guard.js';
import { identityEvent } from './identity-event.js';
import { IdentityGuard } from './identity-guard.service.js';
import { withRights } from './read-identities.service.js';
import { type IdentityWithRights } from './show-identity.js';

const PASSWORD_LENGTH = { min: 8, max: 128 } as const;

/** Creates, changes and deletes identities. */
@Injectable()
export class WriteIdentitiesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdentityGuard) private readonly guard: IdentityGuard,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async create(caller: Caller, body: CreateIdentityRequest): Promise<IdentityWithRights> {
    if (isReservedLogin(body.login)) {
      throw new DomainError('identity.bad_request', `A login cannot start like ${body.login}: that is for services`);
    }
    const attributes = objectOrNull('attributes', body.attributes) ?? {};
    const password_hash = body.password === undefined ? null : await hashPassword(body.password);
    return this.dataSource.transaction(async (db) => {
      await requireHarmlessAttributes(db, caller, {}, attributes);
      const identity = { login: body.login, display_name: body.display_name ?? null, password_hash, attributes };
      const { id } = await db.save(Object.assign(new IdentityEntity(), identity));
      await this.audit.record(db, caller, identityEvent('admin.identity.created', { id, login: body.login }));
      return reread(db, id);
    });
  }

  async update(caller: Caller, id: number, body: UpdateIdentityRequest): Promise<IdentityWithRights> {
    const attributes = objectOrNull('attributes', body.attributes) ?? undefined;
    requirePasswordLength(body.password);
    // Outside the transaction, because it takes its time.
    const password_hash = body.password === undefined ? undefined : await hashPassword(body.password);
    return this.guard.keepingManager(async (db) => {
      const identity = await this.guard.requireChangeable(db, caller, id);
      if (attributes) await requireHarmlessAttributes(db, caller, identity.attributes, attributes);
      const { display_name, frozen } = body;
      await db.save(Object.assign(identity, givenFields({ display_name, frozen, attributes, password_hash })));
      const changed = Object.keys(givenFields(body));
      await this.audit.record(db, caller, identityEvent('admin.identity.updated', identity, { changed }));
      return reread(db, id);
    });
  }

  setFrozen(caller: Caller, id: number, frozen: boolean): Promise<void> {
    return this.guard.keepingManager(async (db) => {
      const identity = await this.guard.requireChangeable(db, caller, id);
      await db.save(Object.assign(identity, { frozen }));
      await this.audit.record(db, caller, identityEvent('admin.identity.updated', identity, { frozen }));
    });
  }

  /** Takes an identity away with its roles, permissions, tokens and keys. What it did in the past stays. */
  delete(caller: Caller, id: number): Promise<void> {
    return this.guard.keepingManager(async (db) => {
      const identity = await this.guard.requireChangeable(db, caller, id);
      if (id === caller.identityId) throw new DomainError('identity.conflict', 'You cannot delete yourself');
      await db.getRepository(IdentityEntity).delete({ id });
      await this.audit.record(db, caller, identityEvent('admin.identity.deleted', identity));
    });
  }
}

async function reread(db: Database, id: number): Promise<IdentityWithRights> {
  return withRights(db, await db.getRepository(IdentityEntity).findOneByOrFail({ id }));
}

/** @throws DomainError request.invalid */
function requirePasswordLength(password: string | undefined): void {
  if (password === undefined) return;
  if (password.length >= PASSWORD_LENGTH.min && password.length <= PASSWORD_LENGTH.max) return;
  throw new DomainError(
    'request.invalid',
    `password must have ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters`,
  );
}
