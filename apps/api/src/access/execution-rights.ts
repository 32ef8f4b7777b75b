import { z } from 'zod';
import { readGrants, type StoredGrant } from './grants.js';

/** No stored set: the keys of the action, its pack and the workflow around it. */
const STANDARD = 'standard';

const executionMetadata = z.object({
  execution_id: z.int(),
  permission_set_refs: z.array(z.string()),
  standard_access_action_refs: z.array(z.string()).default([]),
  standard_access_pack_refs: z.array(z.string()).default([]),
});

/** What an execution token says about the rights of its execution. */
export interface ExecutionTokenRights {
  readonly executionId: number;
  /** The stored sets it names. */
  readonly setRefs: readonly string[];
  /** What it may do without any stored set. */
  readonly standardGrants: readonly StoredGrant[];
}

/** Null: no worker writes tokens like this. */
export function readExecutionRights(metadata: unknown): ExecutionTokenRights | null {
  const parsed = executionMetadata.safeParse(metadata);
  if (!parsed.success) return null;
  const { execution_id: executionId, permission_set_refs: named, ...standard } = parsed.data;
  return {
    executionId,
    setRefs: [...new Set(named.filter((ref) => ref !== STANDARD))],
    standardGrants: named.includes(STANDARD)
      ? standardGrants(standard.standard_access_action_refs, standard.standard_access_pack_refs)
      : [],
  };
}

/** Each kind of owner with its own refs: an action may well be called like a pack. */
function standardGrants(actions: readonly string[], packs: readonly string[]): StoredGrant[] {
  const grantsOf = (type: string, refs: readonly string[]) => ({
    resource: 'keys',
    actions: ['read', 'decrypt'],
    constraints: { owner_types: [type], owner_refs: refs },
  });
  return readGrants([grantsOf('action', actions), grantsOf('pack', packs)]);
}
