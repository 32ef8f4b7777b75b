import { type Invariant } from './invariant.js';

export const everythingHasEnded: Invariant = {
  name: 'every execution ends',
  statement: `
    select 'still ' || x.status || ' long after the last fault: ' || x.action_ref as text, array[x.id] as ids
    from execution as x
    where x.created >= (select r.began from chaos_run as r)
      and x.status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling')`,
};
