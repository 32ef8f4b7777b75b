import { DomainError } from '@attune/common';
import { type Caller } from '../access/caller.js';
import { allows, type Permission, type Target } from '../access/grants.js';

/**
 * Secret values are shown only where that can be audited, and there is no audit log yet.
 * @throws DomainError 403 without the right, else 501
 */
export function refuseSecretValues({ facts }: Caller, permission: Permission, target: Target): never {
  if (!allows(facts.grants, permission, target, facts)) {
    throw new DomainError('permission.forbidden', `Showing secret values needs the permission ${permission}`);
  }
  throw new DomainError('request.not_implemented', 'This version does not show secret values');
}
