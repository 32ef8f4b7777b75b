import { type PolicyMethod, run, sql } from '@attune/common';
import { type Json, type StartSlice } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** A group with its policy as it is now. */
export interface GroupRow {
  readonly id: number;
  /** Null: it was deleted. */
  readonly policy: number | null;
  /** Null with `policy`. */
  readonly policyRef: string | null;
  /** The policy is there, enabled, and still groups by the same parameters. */
  readonly isCurrent: boolean;
  readonly method: PolicyMethod;
  /** Of a deleted policy: what it last was. */
  readonly threshold: number;
  readonly rate: Json;
  readonly quota: Json;
  readonly active: number;
  readonly waiting: number;
  readonly starts: readonly StartSlice[];
  readonly quotaStartMs: number | null;
  readonly quotaUsed: number;
  /** Null: no wake-up was ever needed; in the past: it has come. */
  readonly wakeAtMs: number | null;
  readonly nextQueueOrder: number;
  /** The database's clock. */
  readonly nowMs: number;
}

/** Groups by id, to be read while they are locked. A slot that is being given back at this moment still counts as taken. */
export function readGroups(db: EntityManager, ids: readonly number[]): Promise<GroupRow[]> {
  return run<GroupRow>(
    db,
    sql`
    select
      s.id, s.policy, p.ref as "policyRef",
      -- As sets: the key does not depend on their order.
      coalesce(p.enabled and p.parameters @> s.parameters and p.parameters <@ s.parameters, false) as "isCurrent",
      coalesce(p.method, 'enqueue') as method, coalesce(p.threshold, s.max_concurrent) as threshold, p.rate, p.quota,
      c.active::int as active, c.waiting::int as waiting, s.starts,
      (extract(epoch from s.quota_start) * 1000)::float8 as "quotaStartMs", s.quota_used as "quotaUsed",
      (extract(epoch from s.wake_at) * 1000)::float8 as "wakeAtMs", s.next_queue_order as "nextQueueOrder",
      floor(extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"
    from execution_admission_state as s
    left join policy as p on p.id = s.policy
    cross join lateral (
      select
        count(*) filter (where a.status = 'active') as active,
        count(*) filter (where a.status = 'queued') as waiting
      from execution_admission_entry as a
      where a.state = s.id
    ) as c
    where s.id = any(${ids}::bigint[])
    order by s.id`.prepared(),
  );
}
