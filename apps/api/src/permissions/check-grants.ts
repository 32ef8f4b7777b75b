import { DomainError } from '@attune/common';
import { type Grant, type GrantConstraints, type RbacAction, type RbacResource } from '@attune/contract';
import { type JsonObject } from '@attune/engine';

/** What a grant about each resource may allow. */
const ACTIONS: Readonly<Record<RbacResource, readonly RbacAction[]>> = {
  packs: ['read', 'create', 'install', 'configure', 'delete'],
  actions: ['read', 'create', 'update', 'delete', 'execute'],
  queues: ['read', 'create', 'update', 'delete'],
  rules: ['read', 'create', 'update', 'delete'],
  triggers: ['read', 'create', 'update', 'delete'],
  executions: ['read', 'update', 'cancel', 'decrypt'],
  events: ['read'],
  enforcements: ['read', 'decrypt'],
  inquiries: ['read', 'create', 'update', 'delete', 'respond'],
  keys: ['read', 'create', 'update', 'delete', 'decrypt'],
  artifacts: ['read', 'create', 'update', 'delete'],
  runtimes: ['read', 'create', 'update', 'delete'],
  workers: ['read', 'manage'],
  retention: ['read', 'update'],
  identities: ['read', 'create', 'update', 'delete'],
  permissions: ['read', 'manage'],
  audit_log: ['read'],
};

const PACK_CONTENT = [
  'packs',
  'actions',
  'queues',
  'rules',
  'triggers',
  'executions',
  'enforcements',
  'artifacts',
] as const;

/** What a constraint can be about; null: everything. `ids` and `owner_refs` are for the sets that packs bring. */
const RESOURCES: Readonly<Record<keyof GrantConstraints, readonly RbacResource[] | null>> = {
  pack_refs: PACK_CONTENT,
  refs: [...PACK_CONTENT, 'keys'],
  owner: ['packs', 'keys', 'artifacts'],
  owner_types: ['keys', 'artifacts'],
  visibility: ['artifacts'],
  execution_scope: ['executions'],
  encrypted: ['keys'],
  attributes: null,
  ids: [],
  owner_refs: [],
};

/**
 * Grants that are about to be stored. What the set holds already may stay, so that it can be read, changed and sent back.
 * @throws DomainError permission_set.bad_request naming every grant that would mean nothing
 */
export function requireMeaningfulGrants(grants: readonly Grant[], stored: readonly JsonObject[]): void {
  const known = new Set(stored.map(canonical));
  const problems = grants.flatMap((grant, index) =>
    known.has(canonical(grant)) ? [] : problemsOf(grant).map((problem) => `grants.${index}: ${problem}`),
  );
  if (problems.length > 0) throw new DomainError('permission_set.bad_request', problems.join('; '));
}

function problemsOf({ resource, actions, constraints }: Grant): string[] {
  const given = Object.entries(constraints ?? {}).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [name as keyof GrantConstraints],
  );
  return [
    ...actions
      .filter((action) => !ACTIONS[resource].includes(action))
      .map((action) => `${resource} have no action ${action}`),
    ...given
      .filter((name) => !(RESOURCES[name]?.includes(resource) ?? true))
      .map((name) => `${name} cannot constrain a grant about ${resource}`),
    ...(given.includes('pack_refs') && given.includes('refs') ? ['pack_refs and refs exclude each other'] : []),
  ];
}

/** The same text for grants that mean the same: without what is null, keys in one order. */
function canonical(grant: Grant | JsonObject): string {
  const constraints = Object.entries(grant.constraints ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([grant.resource, grant.actions, constraints]);
}
