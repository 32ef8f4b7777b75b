import { sql } from '@attune/common';

/** Condition: some enabled policy limits `action as a`. */
export const IS_LIMITED = sql`
  exists (
    select from policy as l
    where
      l.enabled and (
        l.action_ref = a.ref or l.scope_pack_ref = a.pack_ref or (l.action_ref is null and l.scope_pack_ref is null)
      )
  )`;
