import { type Invariant } from './invariant.js';

export const oneExecutionPerEnforcement: Invariant = {
  name: 'one execution for each enforcement',
  statement: `
    with found as (
      select x.enforcement, count(*) as n, array_agg(x.id order by x.id) as ids
      from execution as x
      where x.created >= (select r.began from chaos_run as r) and x.enforcement is not null
      group by x.enforcement
    ),
    due as (
      select n.id
      from enforcement as n
      where n.created >= (select r.began from chaos_run as r)
    )
    select
      case when d.id is null then 'executions of an enforcement that is not there'
        else 'an enforcement with ' || coalesce(f.n, 0) || ' executions' end as text,
      coalesce(f.ids, '{}') || coalesce(d.id, f.enforcement) as ids
    from due as d
    full join found as f on f.enforcement = d.id
    where d.id is null or f.n is distinct from 1`,
};
