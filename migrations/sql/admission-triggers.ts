/**
 * Triggers that give slots and queue places back, so that no code that ends an execution can forget it, and that make those who
 * wait be looked at again when the policies change.
 *
 * Lock order of everything around policies, first to last: execution rows → policy → group (`execution_admission_state`, by id) →
 * entry. Two sides meet here:
 *
 * - Who ends an execution holds its row and deletes its entry. It may wait for an entry, never for a group.
 * - Who admits or activates holds groups. It takes execution rows and entries with `skip locked`, so it waits for other groups only.
 *
 * So these triggers must not touch a group's row, and instead write a message that the executor handles with the group locked.
 * Always, not only when somebody waits: whoever is put into the queue at this moment, by a transaction that still counts
 * the slot as taken, is invisible here.
 */

const RELEASED = `'executor.admission', 'admission.released'`;

/**
 * Statement level: one look whether there are entries at all is what thousands of executions a second without policies pay (0.03 ms
 * for a statement of one row, 0.04 ms for one of 500). The ids go through an array, so that the kept plan is an index scan for each of them and no join whose order was chosen for another size.
 */
const RELEASE_ENDED = `
  create function release_admission() returns trigger
  language plpgsql
  as $$
  begin
    if not exists (select from execution_admission_entry) then
      return null;
    end if;
    with released as (
      delete from execution_admission_entry as a
      where a.execution = any (array(
        select n.id
        from new_rows as n
        where n.status in ('completed', 'failed', 'timeout', 'cancelled', 'abandoned')
      ))
      returning a.state, a.status
    )
    insert into outbox_message (queue, topic, payload)
    select ${RELEASED}, jsonb_build_object(
      'state_id', r.state, 'completed', count(*) filter (where r.status = 'active'))
    from released as r
    group by r.state
    order by r.state;
    return null;
  end
  $$`;

/** Row level: TimescaleDB refuses transition tables for deletes once the columnstore is on. Rows are seldom deleted one by one. */
const RELEASE_DELETED = `
  create function release_admission_deleted() returns trigger
  language plpgsql
  as $$
  begin
    with released as (
      delete from execution_admission_entry as a where a.execution = old.id returning a.state, a.status
    )
    insert into outbox_message (queue, topic, payload)
    select ${RELEASED}, jsonb_build_object('state_id', r.state, 'completed', (r.status = 'active')::int)
    from released as r;
    return null;
  end
  $$`;

/**
 * A policy that is new, changed or gone may be the one that applied, or applies now, to those who wait for any other one, so all groups
 * are looked at. After a deletion its groups have no policy any more and are locked by that: nobody can have queued there unseen.
 */
const RECONSIDER_GROUPS = `
  create function reconsider_admission() returns trigger
  language plpgsql
  as $$
  begin
    if exists (select from changed_rows) then
      insert into outbox_message (queue, topic, payload)
      select ${RELEASED}, jsonb_build_object('state_id', s.id, 'reconsider', true)
      from execution_admission_state as s
      where exists (select from execution_admission_entry as a where a.state = s.id and a.status = 'queued')
      order by s.id;
    end if;
    return null;
  end
  $$`;

const POLICY_EVENTS = [
  ['insert', 'new table'],
  ['update', 'new table'],
  ['delete', 'old table'],
] as const;

export function createAdmissionTriggers(): readonly string[] {
  return [
    RELEASE_ENDED,
    RELEASE_DELETED,
    RECONSIDER_GROUPS,
    `create trigger execution_admission_update
      after update on execution
      referencing new table as new_rows
      for each statement
      execute function release_admission()`,
    `create trigger execution_admission_delete
      after delete on execution
      for each row
      execute function release_admission_deleted()`,
    ...POLICY_EVENTS.map(
      ([event, transition]) => `create trigger policy_admission_${event}
      after ${event} on policy
      referencing ${transition} as changed_rows
      for each statement
      execute function reconsider_admission()`,
    ),
  ];
}

export function dropAdmissionTriggers(): readonly string[] {
  return [
    ...POLICY_EVENTS.map(([event]) => `drop trigger policy_admission_${event} on policy`),
    `drop trigger execution_admission_delete on execution`,
    `drop trigger execution_admission_update on execution`,
    `drop function reconsider_admission()`,
    `drop function release_admission_deleted()`,
    `drop function release_admission()`,
  ];
}
