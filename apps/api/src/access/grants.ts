import { type ArtifactVisibility, GrantConstraints, type OwnerType, RbacAction, RbacResource } from '@attune/contract';
import { z } from 'zod';
import { ALWAYS, type Condition, type Fact, isTrueOf, NEVER } from './condition.js';

/** A stored grant. Anything in it that we do not know makes the whole grant unreadable: it then allows nothing. */
const storedGrant = z.strictObject({
  resource: RbacResource,
  actions: z.array(RbacAction),
  constraints: z.strictObject(GrantConstraints.shape).nullish(),
});
export type StoredGrant = z.output<typeof storedGrant>;

export type Permission = `${RbacResource}:${RbacAction}`;

/** What is known about the thing somebody wants to touch. A constraint on something unknown (missing) does not hold. */
export interface Target {
  readonly id?: number;
  /** Of an execution the ref of its action, of an enforcement that of its rule, of an event that of its trigger. */
  readonly ref?: string;
  readonly packRef?: string | null;
  /** Identity it belongs to; null: nobody. */
  readonly owner?: number | null;
  /** What kind of thing a key or an artifact belongs to. */
  readonly ownerType?: OwnerType;
  /** Ref of what a key or an artifact belongs to; null: something without a ref. */
  readonly ownerRef?: string | null;
  readonly visibility?: ArtifactVisibility;
  readonly encrypted?: boolean;
  /** Identity an execution runs as. */
  readonly executor?: number | null;
  /** Identities the executions above an execution run as. */
  readonly ancestorExecutors?: readonly (number | null)[];
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
export const allows = (
  grants: readonly StoredGrant[],
  permission: Permission,
  target: Target,
  subject: Subject,
): boolean => isTrueOf(conditionOf(grants, permission, subject), target);

/** What must be true of a thing so that one of the grants allows it. */
export const conditionOf = (grants: readonly StoredGrant[], permission: Permission, subject: Subject): Condition => ({
  type: 'some',
  of: grantsFor(grants, permission).map((grant) => grantCondition(grant, subject)),
});

/** Grants about a permission, whatever their constraints. */
export function grantsFor(grants: readonly StoredGrant[], permission: Permission): StoredGrant[] {
  const [resource, action] = permission.split(':');
  return grants.filter((grant) => grant.resource === resource && grant.actions.some((allowed) => allowed === action));
}

function grantCondition({ resource, constraints }: StoredGrant, subject: Subject): Condition {
  const { pack_refs, refs, ids, owner, owner_types, owner_refs, visibility, ...others } = constraints ?? {};
  const { encrypted, execution_scope, attributes, ...unheeded } = others;
  unheeded satisfies Record<string, never>; // the contract may not have a constraint that is not looked at below
  return {
    type: 'every',
    of: [
      plainGrantCondition(resource, constraints ?? {}, subject),
      amongAll('packRef', pack_refs),
      amongAll('ref', refs),
      amongAll('id', ids),
      ownerCondition(owner, subject),
      amongAll('ownerType', owner_types),
      amongAll('ownerRef', owner_refs),
      amongAll('visibility', visibility),
      amongAll('encrypted', isGiven(encrypted) ? [encrypted] : null),
      scopeCondition(execution_scope, subject),
      attributesHold(attributes, subject) ? ALWAYS : NEVER,
    ].filter((condition) => condition !== ALWAYS),
  };
}

/** Constraints of which one is needed for what belongs to somebody else. */
const NAMES_OWNERS: Partial<Record<RbacResource, readonly (keyof GrantConstraints)[]>> = {
  packs: ['owner', 'pack_refs', 'refs', 'ids'],
  keys: ['owner', 'owner_types', 'owner_refs', 'refs', 'ids'],
};

/** What a grant does not cover unless its constraints say so: packs and keys of others, private artifacts. */
function plainGrantCondition(resource: RbacResource, constraints: GrantConstraints, subject: Subject): Condition {
  const naming = NAMES_OWNERS[resource];
  if (naming && !naming.some((name) => isGiven(constraints[name]))) {
    return { type: 'some', of: [isUnknown('owner'), { type: 'isNull', fact: 'owner' }, isOwn('owner', subject)] };
  }
  if (resource === 'artifacts' && !Object.values(constraints).some(isGiven)) {
    return { type: 'some', of: [isUnknown('visibility'), amongAll('visibility', ['public'])] };
  }
  return ALWAYS;
}

function amongAll(fact: Fact, values: readonly (string | number | boolean)[] | null | undefined): Condition {
  return isGiven(values) ? { type: 'among', fact, values } : ALWAYS;
}

const isOwn = (fact: Fact, { identityId }: Subject): Condition => ({ type: 'among', fact, values: [identityId] });

const isUnknown = (fact: Fact): Condition => ({ type: 'isUnknown', fact });

function ownerCondition(owner: GrantConstraints['owner'], subject: Subject): Condition {
  if (!isGiven(owner)) return ALWAYS;
  if (owner === 'self') return isOwn('owner', subject);
  return { type: owner === 'any' ? 'isSet' : 'isNull', fact: 'owner' };
}

function scopeCondition(scope: GrantConstraints['execution_scope'], subject: Subject): Condition {
  if (!isGiven(scope) || scope === 'any') return ALWAYS;
  const isOwnExecution = isOwn('executor', subject);
  if (scope === 'self') return isOwnExecution;
  const isBelowOwn: Condition = { type: 'holds', fact: 'ancestorExecutors', value: subject.identityId };
  return { type: 'some', of: [isOwnExecution, isBelowOwn] };
}

function attributesHold(attributes: GrantConstraints['attributes'], subject: Subject): boolean {
  return Object.entries(attributes ?? {}).every(
    ([name, value]) =>
      Object.hasOwn(subject.attributes, name) && JSON.stringify(subject.attributes[name]) === JSON.stringify(value),
  );
}

const isGiven = <T>(constraint: T | null | undefined): constraint is T =>
  constraint !== undefined && constraint !== null;
