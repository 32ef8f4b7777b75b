import { DomainError, findIdentity, type IdentityEntity, IdentityLinkEntity } from '@attune/common';
import { type CurrentUserResponse, type EffectivePermissionResponse, ProviderProfileResponse } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { type StoredGrant } from '../access/grants.js';
import { found } from '../domain/found.js';
import { blankToNull } from './registration.service.js';
import { listHeldSetRefs } from './sql/list-held-set-refs.sql.js';
import { setDisplayName } from './sql/set-display-name.sql.js';

/** Tells callers who they are and what they may do, and lets them say what they are called. */
@Injectable()
export class CurrentUserService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async execute(caller: Caller): Promise<CurrentUserResponse> {
    const { identityId, facts } = caller;
    const identity = await this.find(caller);
    const link = await this.dataSource.getRepository(IdentityLinkEntity).findOneBy({ identity_id: identityId });
    return {
      id: identity.id,
      login: identity.login,
      display_name: identity.display_name,
      auth_provider: link?.provider ?? 'local',
      is_local: link === null,
      can_change_password: identity.password_hash !== null,
      ...(link && { provider_profile: ProviderProfileResponse.parse(link.profile) }),
      effective_permissions: effectivePermissions(facts.grants),
      assigned_permission_set_refs: await listHeldSetRefs(this.dataSource, identityId),
    };
  }

  /** @throws DomainError 403 when the name comes from a provider, who would put it back at the next login */
  async rename(caller: Caller, displayName: string | null | undefined): Promise<CurrentUserResponse> {
    await this.find(caller);
    const isRenamed = await setDisplayName(this.dataSource, caller.identityId, blankToNull(displayName));
    if (!isRenamed) throw new DomainError('identity.forbidden', 'The name of this identity comes from its provider');
    return this.execute(caller);
  }

  private async find({ identityId }: Caller): Promise<IdentityEntity> {
    return found('identity', identityId, await findIdentity(this.dataSource, identityId));
  }
}

/** Actions by resource, over all grants; their constraints are not shown. */
function effectivePermissions(grants: readonly StoredGrant[]): EffectivePermissionResponse[] {
  const actions = new Map<StoredGrant['resource'], Set<StoredGrant['actions'][number]>>();
  for (const grant of grants) {
    const known = actions.get(grant.resource) ?? [];
    actions.set(grant.resource, new Set([...known, ...grant.actions]));
  }
  return [...actions]
    .map(([resource, allowed]) => ({ resource, actions: [...allowed].sort() }))
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
}
