import { type Invariant } from './invariant.js';

export const nothingLeftOver: Invariant = {
  name: 'no message, dispatch or dead letter is left',
  statement: `
    select 'message ' || m.topic || ' of queue ' || m.queue || ', tried ' || m.attempt || ' times: '
      || coalesce(m.last_error, '') || ' ' || m.payload::text as text, '{}'::bigint[] as ids
    from outbox_message as m
    union all
    select 'dispatch to worker ' || d.worker, array[d.execution] from dispatch as d
    union all
    select 'dead letter ' || l.topic || ' of queue ' || l.queue || ': ' || coalesce(l.error, '') || ' ' || l.payload::text, '{}'
    from dead_letter as l`,
};
