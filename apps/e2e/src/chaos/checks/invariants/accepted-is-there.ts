import { type Invariant } from './invariant.js';

/** What was accepted is there under the id that was told; what may have arrived is there once or not at all; nothing else is. */
export const acceptedIsThere: Invariant = {
  name: 'accepted work is there exactly once',
  statement: `
    with found as (
      select 'webhook' as type, e.payload ->> 'marker' as marker, e.id
      from event as e
      where e.created >= (select r.began from chaos_run as r) and e.payload ->> 'marker' is not null
      union all
      select 'execution', x.config ->> 'marker', x.id
      from execution as x
      where x.created >= (select r.began from chaos_run as r) and x.enforcement is null
        and x.config ->> 'marker' is not null
    ),
    counted as (
      select f.type, f.marker, count(*) as n, array_agg(f.id order by f.id) as ids
      from found as f
      group by f.type, f.marker
    )
    select
      coalesce(o.outcome, 'never offered') || ' ' || coalesce(o.kind, c.type) || ' ' || coalesce(o.marker, c.marker)
        || ' is there ' || coalesce(c.n, 0) || ' times' as text,
      coalesce(c.ids, array[o.id]) as ids
    from chaos_offer as o
    full join counted as c on c.marker = o.marker and c.type = o.type
    where
      o.marker is null
      or case o.outcome
        when 'accepted' then c.n is distinct from 1 or c.ids[1] <> o.id
        when 'unknown' then c.n > 1
        else c.n > 0
      end`,
};
