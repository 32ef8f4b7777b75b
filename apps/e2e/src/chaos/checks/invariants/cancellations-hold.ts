import { type Invariant } from './invariant.js';

/** Who was told "cancelled" before the start gets no start; a running one ends as cancelled, or with the real end that came first. */
export const cancellationsHold: Invariant = {
  name: 'a cancellation holds',
  statement: `
    with asked as (
      select o.id, o.cancellation, o.cancelled_as, x.status, j.execution is not null as ran
      from chaos_offer as o
      left join execution as x on x.id = o.id and x.created >= (select r.began from chaos_run as r)
      left join (select distinct c.execution from chaos_journal as c) as j on j.execution = o.id
      where o.cancellation is not null
    )
    select
      'cancellation ' || a.cancellation || coalesce(' as ' || a.cancelled_as, '') || ', the row is '
        || coalesce(a.status::text, 'not there') || case when a.ran then ' and it ran' else '' end as text,
      array[a.id] as ids
    from asked as a
    where case
      when a.cancellation = 'refused' then true
      when a.cancellation <> 'accepted' then false
      when a.cancelled_as = 'cancelled' then
        a.status is distinct from 'cancelled' or (a.ran and not exists (
          select 1
          from execution_history as h
          where h.entity_id = a.id and h.time >= (select r.began from chaos_run as r)
            and h.new_values ->> 'status' = 'canceling'
        ))
      else a.status not in ('cancelled', 'completed', 'failed')
    end`,
};
