import { GrantConstraints, RbacAction, RbacResource } from '@attune/contract';
import { z } from 'zod';

/** A stored grant. A constraint we do not know makes the whole grant unreadable: it then allows nothing. */
const storedGrant = z.object({
  resource: RbacResource,
  actions: z.array(RbacAction),
  constraints: z.strictObject(GrantConstraints.shape).nullish(),
});
export type StoredGrant = z.output<typeof storedGrant>;

export type Permission = `${RbacResource}:${RbacAction}`;

/** What is known about the thing somebody wants to touch. A constraint on something unknown does not hold. */
export interface Target {
  readonly packRef?: string | null;
  readonly ref?: string;
  readonly id?: number;
  /** Identity it belongs to; null: nobody. */
  readonly owner?: number | null;
  /** Identity an execution runs as. */
  readonly executor?: number | null;
}

/** Who wants to touch it. */
export interface Subject {
  readonly identityId: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Reads what is stored in permission sets; grants that cannot be read are left out. */
export function readGrants(stored: unknown): StoredGrant[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((grant) => {
    const parsed = storedGrant.safeParse(grant);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Whether one of the grants allows it. All constraints of that one grant must hold. */
export function allows(
  grants: readonly StoredGrant[],
  permission: Permission,
  target: Target,
  subject: Subject,
): boolean {
  return grantsFor(grants, permission).some((grant) => {
    // A pack that somebody else brought needs a grant that says which packs or whose.
    const isForeignPack = grant.resource === 'packs' && target.owner != null && target.owner !== subject.identityId;
    if (isForeignPack && !namesPacks(grant)) return false;
    return constraintsHold(grant.constraints ?? {}, target, subject);
  });
}

function namesPacks({ constraints }: StoredGrant): boolean {
  return [constraints?.owner, constraints?.pack_refs, constraints?.refs, constraints?.ids].some((one) => one != null);
}

export const isUnconstrained = ({ constraints }: StoredGrant): boolean => isEmpty(constraints ?? {});

/** The only constraint is that executions are the caller's. */
export function isOwnExecutionsOnly({ constraints }: StoredGrant): boolean {
  const { execution_scope: scope, ...others } = constraints ?? {};
  return (scope === 'self' || scope === 'descendants') && isEmpty(others);
}

const isEmpty = (constraints: GrantConstraints): boolean =>
  Object.values(constraints).every((constraint) => constraint === undefined || constraint === null);

/** Grants about a permission, whatever their constraints. */
export function grantsFor(grants: readonly StoredGrant[], permission: Permission): StoredGrant[] {
  const [resource, action] = permission.split(':');
  return grants.filter((grant) => grant.resource === resource && grant.actions.some((allowed) => allowed === action));
}

function constraintsHold(constraints: GrantConstraints, target: Target, subject: Subject): boolean {
  const { pack_refs, refs, ids, owner, execution_scope, attributes, ...others } = constraints;
  return (
    isAmong(pack_refs, target.packRef) &&
    isAmong(refs, target.ref) &&
    isAmong(ids, target.id) &&
    ownerHolds(owner, target, subject) &&
    scopeHolds(execution_scope, target, subject) &&
    attributesHold(attributes, subject) &&
    isEmpty(others)
  );
}

function isAmong<T>(allowed: readonly T[] | null | undefined, value: T | null | undefined): boolean {
  if (allowed === undefined || allowed === null) return true;
  return value !== undefined && value !== null && allowed.includes(value);
}

function ownerHolds(owner: GrantConstraints['owner'], target: Target, subject: Subject): boolean {
  if (owner === undefined || owner === null) return true;
  if (target.owner === undefined) return false;
  if (owner === 'none') return target.owner === null;
  return owner === 'any' ? target.owner !== null : target.owner === subject.identityId;
}

/** `descendants` is read as `self`: what an execution starts runs as the same identity. */
function scopeHolds(scope: GrantConstraints['execution_scope'], target: Target, subject: Subject): boolean {
  if (scope === undefined || scope === null || scope === 'any') return true;
  return target.executor !== undefined && target.executor === subject.identityId;
}

function attributesHold(attributes: GrantConstraints['attributes'], subject: Subject): boolean {
  return Object.entries(attributes ?? {}).every(
    ([name, value]) =>
      Object.hasOwn(subject.attributes, name) && JSON.stringify(subject.attributes[name]) === JSON.stringify(value),
  );
}
