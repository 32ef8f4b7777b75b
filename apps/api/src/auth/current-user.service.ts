import { findIdentity } from '@attune/common';
import { type CurrentUserResponse, type EffectivePermissionResponse } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { type StoredGrant } from '../access/grants.js';
import { found } from '../domain/found.js';
import { listHeldSetRefs } from './sql/list-held-set-refs.sql.js';

/** Tells callers who they are and what they may do. */
@Injectable()
export class CurrentUserService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async execute({ identityId, facts }: Caller): Promise<CurrentUserResponse> {
    const identity = found('identity', identityId, await findIdentity(this.dataSource, identityId));
    return {
      id: identity.id,
      login: identity.login,
      display_name: identity.display_name,
      auth_provider: 'local',
      is_local: true,
      can_change_password: identity.password_hash !== null,
      effective_permissions: effectivePermissions(facts.grants),
      assigned_permission_set_refs: await listHeldSetRefs(this.dataSource, identityId),
    };
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
