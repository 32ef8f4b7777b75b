import { type Invariant } from './invariant.js';

/**
 * The actions of the pack write their id to the journal first thing, so the journal knows of starts the database might not. One
 * that was killed before its first line has no entry; one that completed must have one.
 */
export const startedOnce: Invariant = {
  name: 'an action is started at most once',
  statement: `
    with journal as (
      select j.execution, count(*) as n
      from chaos_journal as j
      group by j.execution
    ),
    begun as (
      select h.entity_id, count(*) as n
      from execution_history as h
      where h.time >= (select r.began from chaos_run as r)
        and h.operation = 'UPDATE' and 'status' = any(h.changed_fields) and h.new_values ->> 'status' = 'running'
      group by h.entity_id
    ),
    living as (
      select x.id, x.action_ref, x.status
      from execution as x
      where x.created >= (select r.began from chaos_run as r)
    )
    select 'the journal has it ' || j.n || ' times' as text, array[j.execution] as ids from journal as j where j.n > 1
    union all
    select 'it was running ' || b.n || ' times', array[b.entity_id] from begun as b where b.n > 1
    union all
    select 'it ran without having been running', array[j.execution]
    from journal as j
    left join begun as b on b.entity_id = j.execution
    where b.entity_id is null
    union all
    select 'it completed without having run', array[x.id]
    from living as x
    left join journal as j on j.execution = x.id
    where x.action_ref like 'chaos.%' and x.status = 'completed' and j.execution is null`,
};
