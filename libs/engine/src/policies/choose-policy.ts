import { packOf } from '../refs.js';
import { type PolicyScope } from './execution-policy.js';

/**
 * The one policy that limits an action, out of those that are enabled: its own, else its pack's, else a global one; of several
 * in the same scope the newest. Null: nothing limits it.
 */
export function choosePolicy<Policy extends PolicyScope>(
  policies: readonly Policy[],
  actionRef: string,
): Policy | null {
  const pack = packOf(actionRef);
  let chosen: Policy | null = null;
  for (const policy of policies) {
    const rank = rankOf(policy, actionRef, pack);
    if (rank === 0) continue;
    if (chosen === null || isBefore(policy, rank, chosen, rankOf(chosen, actionRef, pack))) chosen = policy;
  }
  return chosen;
}

/** How closely a policy names the action; 0: it does not apply. */
function rankOf({ actionRef, packRef }: PolicyScope, action: string, pack: string): number {
  if (actionRef !== null) return actionRef === action ? 3 : 0;
  if (packRef !== null) return packRef === pack ? 2 : 0;
  return 1;
}

function isBefore(one: PolicyScope, rank: number, other: PolicyScope, otherRank: number): boolean {
  if (rank !== otherRank) return rank > otherRank;
  return one.createdMs !== other.createdMs ? one.createdMs > other.createdMs : one.id > other.id;
}
