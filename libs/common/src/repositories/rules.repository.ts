import { type JsonObject } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { type ActionEntity } from '../entities/action.entity.js';
import { RuleEntity } from '../entities/rule.entity.js';
import { given } from './given.js';
import { type CountedPage, type PageRequest, toCountedPage } from './page.js';

/** All conditions hold together. */
export interface RuleFilter {
  readonly pack_ref?: string | undefined;
  readonly action_ref?: string | undefined;
  readonly trigger_ref?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** A rule with all that is needed to decide about an event and to start its action. */
export type RuleForMatching = Pick<
  RuleEntity,
  | 'id'
  | 'ref'
  | 'pack_ref'
  | 'trigger'
  | 'trigger_ref'
  | 'action'
  | 'action_ref'
  | 'conditions'
  | 'action_params'
  | 'permission_set_refs'
  | 'owner_identity'
> &
  Pick<
    ActionEntity,
    | 'param_schema'
    | 'workflow_def'
    | 'default_execution_permission_set_refs'
    | 'artifact_retention_policy'
    | 'artifact_retention_limit'
  > & {
    /** Configuration of the rule's pack, for its parameters. */
    readonly pack_config: JsonObject;
    /** False: the action is disabled. */
    readonly action_enabled: boolean;
  };

/** The rule with this ref, or null. */
export const findRule = (db: Database, ref: string): Promise<RuleEntity | null> =>
  db.getRepository(RuleEntity).findOneBy({ ref });

/** Rules by ref. */
export async function listRules(
  db: Database,
  filter: RuleFilter,
  { limit, offset }: PageRequest,
): Promise<CountedPage<RuleEntity>> {
  return toCountedPage(
    await db
      .getRepository(RuleEntity)
      .findAndCount({ where: given(filter), order: { ref: 'ASC' }, take: limit, skip: offset }),
  );
}

/**
 * The enabled rules of enabled triggers, by id. A rule whose action is gone has nothing to start and is left out; so is
 * every rule of a disabled pack.
 */
export async function listRulesForTriggers(db: Database, triggers: readonly number[]): Promise<RuleForMatching[]> {
  if (triggers.length === 0) return [];
  return run<RuleForMatching>(
    db,
    sql`
    select
      r.id, r.ref, r.pack_ref, r.trigger, r.trigger_ref, r.action, r.action_ref, r.conditions, r.action_params,
      r.permission_set_refs, r.owner_identity, a.param_schema, a.workflow_def, a.default_execution_permission_set_refs,
      a.artifact_retention_policy, a.artifact_retention_limit, a.enabled as action_enabled, p.config as pack_config
    from rule as r
    join trigger as t on t.id = r.trigger and t.enabled
    join action as a on a.id = r.action
    join pack as p on p.id = r.pack and p.enabled
    where r.trigger = any(${triggers}::bigint[]) and r.enabled
    order by r.id`,
  );
}
