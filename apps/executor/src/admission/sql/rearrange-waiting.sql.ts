import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type MovedEntry } from './activate-entries.sql.js';

/** Those of one action that wait in one group. */
export interface WaitingKind {
  readonly state: number;
  readonly actionRef: string;
}

/** What waits in locked groups, by action. */
export function listWaitingKinds(db: EntityManager, states: readonly number[]): Promise<WaitingKind[]> {
  return run<WaitingKind>(
    db,
    sql`
    select distinct a.state, a.action_ref as "actionRef"
    from execution_admission_entry as a
    where a.state = any(${states}::bigint[]) and a.status = 'queued'`,
  );
}

/** Takes them out of their queues and gives them in their order. Who is leaving at this moment is left alone. */
export function removeWaiting(db: EntityManager, kinds: readonly WaitingKind[]): Promise<MovedEntry[]> {
  return run<MovedEntry>(
    db,
    sql`
    with gone as materialized (${entriesOf(kinds)}), removed as (
      delete from execution_admission_entry as a
      using gone
      where a.id = gone.id
      returning a.state, a.execution, a.action_ref, a.queue_order
    )
    select r.state, r.execution, r.action_ref as "actionRef" from removed as r order by r.state, r.queue_order`,
  );
}

/** Lets all of them go on, whatever the limit, and gives them in their order. Who is leaving at this moment is left alone. */
export function freeWaiting(db: EntityManager, kinds: readonly WaitingKind[]): Promise<MovedEntry[]> {
  return run<MovedEntry>(
    db,
    sql`
    with freed as materialized (${entriesOf(kinds)}), activated as (
      update execution_admission_entry as a
      set status = 'active', activated_at = clock_timestamp()
      from freed
      where a.id = freed.id
      returning a.state, a.execution, a.action_ref, a.queue_order
    )
    select t.state, t.execution, t.action_ref as "actionRef" from activated as t order by t.state, t.queue_order`,
  );
}

const entriesOf = (kinds: readonly WaitingKind[]) => sql`
      select a.id
      from jsonb_to_recordset(${json(kinds)}::jsonb) as k (state bigint, "actionRef" text)
      join execution_admission_entry as a on a.state = k.state and a.action_ref = k."actionRef"
      where a.status = 'queued'
      for update of a skip locked`;
