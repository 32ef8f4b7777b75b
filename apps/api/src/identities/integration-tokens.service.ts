import {
  type AuditRecord,
  DomainError,
  findIdentity,
  type IdentityEntity,
  IntegrationTokenEntity,
  newIntegrationToken,
} from '@attune/common';
import { type CreateIntegrationTokenRequest } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { identityEvent } from './identity-event.js';
import { IdentityGuard } from './identity-guard.service.js';

/** Which token of which identity. */
export interface TokenKey {
  readonly id: number;
  readonly token_id: number;
}

/** Tokens by which programs log in as an identity. Their text is shown once; what is stored cannot be turned back into it. */
@Injectable()
export class IntegrationTokensService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(IdentityGuard) private readonly guard: IdentityGuard,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** Newest first. */
  async list(identityId: number): Promise<IntegrationTokenEntity[]> {
    found('identity', identityId, await findIdentity(this.dataSource, identityId));
    return this.dataSource
      .getRepository(IntegrationTokenEntity)
      .find({ where: { identity_id: identityId }, order: { created: 'DESC', id: 'DESC' } });
  }

  async create(caller: Caller, identityId: number, body: CreateIntegrationTokenRequest) {
    const expiresAt = body.expires_at === undefined ? null : new Date(body.expires_at);
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
      throw new DomainError('integration_token.bad_request', 'expires_at must be in the future');
    }
    const { token, hash, prefix, suffix } = newIntegrationToken();
    return this.dataSource.transaction(async (db) => {
      const identity = await this.guard.requireChangeable(db, caller, identityId);
      const tokens = db.getRepository(IntegrationTokenEntity);
      const { id } = await tokens.save({
        identity_id: identityId,
        label: body.label,
        description: body.description ?? null,
        token_hash: hash,
        token_prefix: prefix,
        token_suffix: suffix,
        created_by: caller.identityId,
        expires_at: expiresAt,
      });
      await this.audit.record(db, caller, tokenEvent(identity, { integration_id: id, created: body.label }));
      return { token, stored: await tokens.findOneByOrFail({ id }) };
    });
  }

  /** Safe to call again: the first reason and time stay. */
  revoke(caller: Caller, key: TokenKey, reason: string | undefined): Promise<IntegrationTokenEntity> {
    return this.change(caller, key, 'revoked', async (tokens, token) => {
      if (token.revoked_at !== null) return token;
      const revocation = { revoked_at: new Date(), revoked_by: caller.identityId, revocation_reason: reason ?? null };
      await tokens.update({ id: token.id }, revocation);
      return tokens.findOneByOrFail({ id: token.id });
    });
  }

  async delete(caller: Caller, key: TokenKey): Promise<void> {
    await this.change(caller, key, 'deleted', (tokens, { id }) => tokens.delete({ id }));
  }

  private change<T>(
    caller: Caller,
    { id, token_id }: TokenKey,
    what: 'revoked' | 'deleted',
    work: (tokens: Repository<IntegrationTokenEntity>, token: IntegrationTokenEntity) => Promise<T>,
  ): Promise<T> {
    return this.guard.keepingManager(async (db) => {
      const identity = await this.guard.requireChangeable(db, caller, id);
      const tokens = db.getRepository(IntegrationTokenEntity);
      const token = found('integration_token', token_id, await tokens.findOneBy({ id: token_id, identity_id: id }));
      await this.audit.record(db, caller, tokenEvent(identity, { integration_id: token_id, [what]: token.label }));
      return work(tokens, token);
    });
  }
}

const tokenEvent = (identity: IdentityEntity, details: JsonObject): AuditRecord =>
  identityEvent('admin.identity.updated', identity, details);
