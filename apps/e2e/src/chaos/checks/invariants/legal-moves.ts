import { type Invariant } from './invariant.js';

/** History tells, in the order of its time, a life that begins as `requested` and moves along the state machine without a gap. */
export const legalMoves: Invariant = {
  name: 'statuses move along the state machine, and each move is in the history',
  statement: `
    with step as (
      select
        h.entity_id, h.operation, h.old_values ->> 'status' as was, h.new_values ->> 'status' as is_now,
        lag(h.new_values ->> 'status') over life as before
      from execution_history as h
      where h.time >= (select r.began from chaos_run as r)
        and (h.operation <> 'UPDATE' or 'status' = any(h.changed_fields))
      window life as (partition by h.entity_id order by h.time)
    )
    select
      s.operation || ' from ' || coalesce(s.was, 'nothing') || ' to ' || coalesce(s.is_now, 'nothing')
        || ' after ' || coalesce(s.before, 'nothing') as text,
      array[s.entity_id] as ids
    from step as s
    where case s.operation
      when 'INSERT' then s.before is not null or s.is_now <> 'requested'
      when 'UPDATE' then s.before is distinct from s.was or not exists (
        select 1 from chaos_move as m where m.was = s.was and m.becomes = s.is_now
      )
      else true
    end`,
};
