import { type EntityManager } from 'typeorm';
import { execute, run } from '../database/run.js';
import { json, sql } from '../database/sql.js';

/** An execution handed to a worker. */
export interface NewDispatch {
  readonly execution: number;
  readonly worker: number;
  readonly action_ref: string;
}

/** Hands executions to their workers; belongs into the transaction that moves them to `scheduled`. */
export async function insertDispatches(db: EntityManager, dispatches: readonly NewDispatch[]): Promise<void> {
  if (dispatches.length === 0) return;
  await execute(
    db,
    sql`
    insert into dispatch (execution, worker, action_ref)
    select d.execution, d.worker, d.action_ref
    from jsonb_to_recordset(${json(dispatches)}::jsonb) as d (execution bigint, worker bigint, action_ref text)
    -- A row may be left of a worker that died while it was being taken back; whoever places the execution decides.
    on conflict (execution) do update
    set worker = excluded.worker, action_ref = excluded.action_ref, available_at = now()`.prepared(),
  );
}

/** How much a worker may take. */
export interface DispatchRoom {
  /** Dispatches at most. */
  readonly limit: number;
  /** Free slots; parts of one count. Default: `limit`. */
  readonly slots?: number;
  /** Parts of a slot that executions of an action take. Others take a whole one. */
  readonly weights?: ReadonlyMap<string, number>;
}

/**
 * Takes due dispatches of one worker, oldest first, as many as there is room for, and gives their executions. Belongs into the
 * transaction that moves these to `running`; should that fail, the dispatches are back. Rows held by others are skipped.
 */
export async function takeDispatches(
  db: EntityManager,
  worker: number,
  { limit, slots = limit, weights = new Map() }: DispatchRoom,
): Promise<number[]> {
  const rows = await run<{ execution: number }>(
    db,
    sql`
    with candidate as materialized (
      select d.execution, d.action_ref, d.available_at
      from dispatch as d
      where d.worker = ${worker} and d.available_at <= now()
      order by d.available_at, d.execution
      limit ${limit}
    ), weighed as (
      select
        c.execution,
        sum(coalesce(w.weight, 1)) over (order by c.available_at, c.execution) as taken
      from candidate as c
      left join unnest(${[...weights.keys()]}::text[], ${[...weights.values()]}::float8[]) as w (action_ref, weight)
        on w.action_ref = c.action_ref
    ), due as materialized (
      -- Only what is taken is locked: whoever cancels passes over a locked row and leaves it to us.
      select d.execution
      from dispatch as d
      join weighed as g on g.execution = d.execution
      where g.taken <= ${slots + ROUNDING}::float8
      for update of d skip locked
    )
    delete from dispatch as d
    using due
    where d.execution = due.execution
    returning d.execution`.prepared(),
  );
  return rows.map((row) => row.execution).sort((a, b) => a - b);
}

/** Parts of a slot add up to a little more or less than the whole. */
const ROUNDING = 1e-6;

/**
 * Takes executions back from their workers before they started, for instance because they were cancelled; belongs into the
 * transaction that has moved them. A row that a worker has in hand is left to it: it waits for the execution, finds it moved
 * and drops the row. To wait for the row instead would be a deadlock.
 */
export async function deleteDispatches(db: EntityManager, executions: readonly number[]): Promise<void> {
  if (executions.length === 0) return;
  await execute(
    db,
    sql`
    with free as materialized (
      select d.execution
      from dispatch as d
      where d.execution = any(${executions}::bigint[])
      for update skip locked
    )
    delete from dispatch as d
    using free
    where d.execution = free.execution`,
  );
}
