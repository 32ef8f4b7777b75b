import { type Invariant } from './invariant.js';

/**
 * An action that cannot succeed does not complete, one that cannot fail fails only by a decision of ours (`failed_by`), a
 * timeout is told as one, and nothing is cancelled that nobody cancelled.
 */
export const endsAreTrue: Invariant = {
  name: 'the end that is told is what happened',
  statement: `
    with ended as (
      select
        x.id, x.action_ref, x.status, coalesce(x.result, '{}') as result,
        x.action_ref in ('chaos.fail', 'chaos.hang') or coalesce(x.config ->> 'exit_code' = '1', false) as must_fail,
        exists (
          select 1 from chaos_offer as o where o.marker = x.config ->> 'marker' and o.cancellation is not null
        ) as asked
      from execution as x
      where x.created >= (select r.began from chaos_run as r)
    )
    select e.action_ref || ' is ' || e.status || ': ' || left(e.result::text, 300) as text, array[e.id] as ids
    from ended as e
    where case e.status
      when 'completed' then e.must_fail or (e.result ->> 'succeeded')::boolean is not true
      when 'failed' then not e.result ? 'failed_by' and (
        not e.must_fail
        or (e.action_ref = 'chaos.hang' and (e.result ->> 'timed_out')::boolean is not true)
        or (e.action_ref = 'chaos.fail' and e.result ->> 'exit_code' is distinct from '3')
      )
      when 'cancelled' then not e.asked and e.result ->> 'cancelled_by' is distinct from 'execution_scheduler'
      when 'timeout' then true
      else false
    end`,
};
