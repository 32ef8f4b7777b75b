import { type Database, DomainError, findPermissionSets, listPermissionSets } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from './caller.js';
import { isCovered } from './grant-coverage.js';
import { allows, type Permission, readGrants, type StoredGrant } from './grants.js';

/** Always allowed: it gives an execution nothing but keys and artifacts of its own action. */
const STANDARD = 'standard';

/** Decides whether somebody may hand permission sets on to an execution: nobody gives what they do not have. */
@Injectable()
export class DelegationService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** @throws DomainError permission.forbidden for an unknown set, or one that holds more than the caller does */
  async require(caller: Caller, refs: readonly string[], db: Database = this.dataSource): Promise<void> {
    const refused = await this.firstRefused(db, caller, refs);
    if (refused === undefined) return;
    throw new DomainError('permission.forbidden', `You cannot hand on the permission set ${refused}`);
  }

  /** Every set the caller may hand on. */
  async listDelegable(caller: Caller): Promise<string[]> {
    const sets = await listPermissionSets(this.dataSource);
    return [STANDARD, ...sets.filter(({ grants }) => mayHandOn(caller, grants)).map(({ ref }) => ref)];
  }

  private async firstRefused(db: Database, caller: Caller, refs: readonly string[]): Promise<string | undefined> {
    const named = refs.filter((ref) => ref !== STANDARD);
    if (named.length === 0) return undefined;
    const sets = new Map((await findPermissionSets(db, named)).map((set) => [set.ref, set.grants]));
    return named.find((ref) => {
      const grants = sets.get(ref);
      return grants === undefined || !mayHandOn(caller, grants);
    });
  }
}

/** What cannot be read is handed on by nobody: who knows what it will mean to whoever can read it. */
function mayHandOn(caller: Caller, stored: unknown): boolean {
  const grants = readGrants(stored);
  return Array.isArray(stored) && grants.length === stored.length && grants.every((grant) => holds(caller, grant));
}

/**
 * Tested without a target: a constrained grant of the caller does not cover an action in general. Nor does a plain one cover
 * what opens things of others, such as `owner: any`.
 */
function holds({ facts }: Caller, grant: StoredGrant): boolean {
  const isAllowed = grant.actions.every((action) => {
    const permission: Permission = `${grant.resource}:${action}`;
    return allows(facts.grants, permission, {}, facts);
  });
  return isAllowed && isCovered(facts.grants, grant, facts);
}
