import { execute, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/**
 * Gives components of other packs back what they name. A ref outlives the row it names: when a pack was deleted and
 * comes back, rules elsewhere still hold the refs of its triggers and actions, but no ids.
 */
export async function reattach(db: EntityManager, packId: number): Promise<void> {
  await reattachRuleTriggers(db, packId);
  await reattachRuleActions(db, packId);
  await reattachActionRuntimes(db, packId);
}

function reattachRuleTriggers(db: EntityManager, packId: number): Promise<number> {
  return execute(
    db,
    sql`
    update rule as r
    set trigger = t.id
    from trigger as t
    where t.pack = ${packId} and r.trigger is null and r.trigger_ref = t.ref`,
  );
}

function reattachRuleActions(db: EntityManager, packId: number): Promise<number> {
  return execute(
    db,
    sql`
    update rule as r
    set action = a.id
    from action as a
    where a.pack = ${packId} and r.action is null and r.action_ref = a.ref`,
  );
}

function reattachActionRuntimes(db: EntityManager, packId: number): Promise<number> {
  return execute(
    db,
    sql`
    update action as a
    set runtime = t.id
    from runtime as t
    where t.pack = ${packId} and a.runtime is null and a.workflow_def is null and a.runtime_ref = t.ref`,
  );
}
