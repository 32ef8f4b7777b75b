import { type Invariant } from './invariant.js';

/** No execution that has ended holds a place, no more hold one than the limit allows, and nobody waits beside a free one. */
export const slotsAreFree: Invariant = {
  name: 'places of policies go with their executions',
  statement: `
    select 'the ' || n.status || ' place of an execution that is ' || coalesce(x.status::text, 'not there') as text, array[n.execution] as ids
    from execution_admission_entry as n
    left join execution as x on x.id = n.execution and x.created >= (select r.began from chaos_run as r)
    where x.id is null or x.status in ('completed', 'failed', 'timeout', 'cancelled', 'abandoned')
    union all
    select s.active || ' places taken of ' || s.max_concurrent || ', ' || s.queued || ' wait', s.executions
    from (
      select
        t.max_concurrent, count(*) filter (where n.status = 'active') as active,
        count(*) filter (where n.status = 'queued') as queued, array_agg(n.execution) as executions
      from execution_admission_state as t
      join execution_admission_entry as n on n.state = t.id
      group by t.id
    ) as s
    where s.active > s.max_concurrent or (s.queued > 0 and s.active < s.max_concurrent)`,
};
