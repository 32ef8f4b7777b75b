import { createdWhileLive, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** An execution that lies at a worker which does not begin it. */
export interface UntakenExecution {
  readonly id: number;
  /** Whole seconds since it was first given to any worker, by the database's clock. */
  readonly ageSeconds: number;
}

/**
 * Executions that have been `scheduled` at one worker for longer than `ttlSeconds`, oldest first, at most `limit`; locked,
 * without those that somebody else is changing. When one was first scheduled is read from its history: each time it is taken
 * back its row starts anew.
 */
export function listUntakenExecutions(
  db: EntityManager,
  ttlSeconds: number,
  limit: number,
): Promise<UntakenExecution[]> {
  return run<UntakenExecution>(
    db,
    sql`
    with untaken as materialized (
      select e.id, e.created, e.updated
      from execution as e
      where
        e.status = 'scheduled' and ${createdWhileLive(sql`e.created`)}
        and e.updated < now() - ${ttlSeconds} * interval '1 second'
      order by e.created, e.id
      limit ${limit}
      for update of e skip locked
    )
    select u.id, floor(extract(epoch from now() - least(u.updated, f.scheduled)))::float8 as "ageSeconds"
    from untaken as u
    cross join lateral (
      select min(h.time) as scheduled
      from execution_history as h
      where h.entity_id = u.id and ${createdWhileLive(sql`h.time`)} and h.new_values ->> 'status' = 'scheduled'
    ) as f
    order by u.created, u.id`,
  );
}
