import { type GrantConstraints, type RbacResource } from '@attune/contract';
import { type StoredGrant, type Subject } from './grants.js';

/**
 * Whether everything a grant allows is allowed by grants somebody holds: each of its actions by one of them, under the same
 * constraints or looser ones. Says no where it cannot tell.
 */
export function isCovered(held: readonly StoredGrant[], wanted: StoredGrant, holder: Subject): boolean {
  return wanted.actions.every((action) =>
    held.some(
      (grant) =>
        grant.resource === wanted.resource &&
        grant.actions.includes(action) &&
        isLooser(wanted.resource, givenOf(grant.constraints), givenOf(wanted.constraints), holder),
    ),
  );
}

type Given = Partial<Record<keyof GrantConstraints, unknown>>;

/** A constraint that is null or missing constrains nothing. */
function givenOf(constraints: StoredGrant['constraints']): Given {
  return Object.fromEntries(Object.entries(constraints ?? {}).filter(([, value]) => value != null));
}

function isLooser(resource: RbacResource, loose: Given, strict: Given, holder: Subject): boolean {
  const { attributes, ...others } = loose;
  if (!attributesHold(attributes, holder) || (isPlain(resource, loose) && !isPlain(resource, strict))) return false;
  return Object.entries(others).every(([name, value]) => implies(strict[name as keyof GrantConstraints], value));
}

/** Constraints that open what a grant without them leaves closed: things of others, private artifacts. */
const OPENING: Partial<Record<RbacResource, readonly (keyof GrantConstraints)[]>> = {
  packs: ['owner', 'pack_refs', 'refs', 'ids'],
  keys: ['owner', 'owner_types', 'owner_refs', 'refs', 'ids'],
  artifacts: ['owner', 'owner_types', 'owner_refs', 'pack_refs', 'refs', 'ids', 'visibility', 'attributes'],
};

const isPlain = (resource: RbacResource, given: Given): boolean =>
  !(OPENING[resource] ?? []).some((name) => given[name] !== undefined);

/** Whether a constraint keeps within another one: a part of the same list, or the same value. */
function implies(strict: unknown, loose: unknown): boolean {
  if (Array.isArray(strict) && Array.isArray(loose)) return strict.every((one) => loose.includes(one));
  return strict === loose;
}

/** What somebody's attributes fulfil constrains them no more. */
function attributesHold(attributes: unknown, { attributes: own }: Subject): boolean {
  return Object.entries(attributes ?? {}).every(
    ([name, value]) => Object.hasOwn(own, name) && JSON.stringify(own[name]) === JSON.stringify(value),
  );
}
