import { type Invariant } from './invariant.js';

/** Each event, accepted or not, has one processed enforcement for each rule that matches it, and no other. */
export const oneEnforcementPerRule: Invariant = {
  name: 'one enforcement for each event and matching rule',
  statement: `
    with due as (
      select e.id as event, u.rule_ref
      from event as e
      join chaos_rule as u on u.trigger_ref = e.trigger_ref
      where e.created >= (select r.began from chaos_run as r)
        and (not u.wanted_only or e.payload ->> 'wanted' = 'true')
    ),
    found as (
      select n.event, n.rule_ref, count(*) as n, bool_and(n.status = 'processed') as processed, array_agg(n.id) as ids
      from enforcement as n
      where n.created >= (select r.began from chaos_run as r)
      group by n.event, n.rule_ref
    )
    select
      'rule ' || coalesce(d.rule_ref, f.rule_ref) || case
        when d.event is null then ' was enforced for an event that it does not match or that is not there'
        when f.n is null then ' was not enforced'
        when f.n > 1 then ' was enforced ' || f.n || ' times'
        else ' has an enforcement that is not processed'
      end as text,
      coalesce(f.ids, '{}') || coalesce(d.event, f.event) as ids
    from due as d
    full join found as f on f.event = d.event and f.rule_ref = d.rule_ref
    where d.event is null or f.n is distinct from 1 or not f.processed`,
};
