import { type Invariant } from './invariant.js';

/** What history says last of an execution is what its row says. */
export const historyIsComplete: Invariant = {
  name: 'the history ends where the row is',
  statement: `
    with last as (
      select distinct on (h.entity_id) h.entity_id, h.new_values ->> 'status' as status
      from execution_history as h
      where h.time >= (select r.began from chaos_run as r)
        and (h.operation <> 'UPDATE' or 'status' = any(h.changed_fields))
      order by h.entity_id, h.time desc
    ),
    living as (
      select x.id, x.status::text as status
      from execution as x
      where x.created >= (select r.began from chaos_run as r)
    )
    select
      'the row is ' || coalesce(x.status, 'gone') || ', the history ends with ' || coalesce(l.status, 'nothing') as text,
      array[coalesce(x.id, l.entity_id)] as ids
    from living as x
    full join last as l on l.entity_id = x.id
    where x.status is distinct from l.status`,
};
