import { hideValues, type RuleEntity, sql } from '@attune/common';
import { type RuleResponse, type RuleSummary } from '@attune/contract';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso } from '../domain/wire.js';

export const showRuleSummary = (rule: RuleEntity): RuleSummary => ({
  id: rule.id,
  ref: rule.ref,
  pack_ref: rule.pack_ref,
  label: rule.label,
  description: rule.description,
  action_ref: rule.action_ref,
  trigger_ref: rule.trigger_ref,
  action_params: hideValues(rule.action_params),
  trigger_params: rule.trigger_params,
  permission_set_refs: rule.permission_set_refs,
  enabled: rule.enabled,
  created: iso(rule.created),
  updated: iso(rule.updated),
});

export const showRule = (rule: RuleEntity): RuleResponse => ({
  ...showRuleSummary(rule),
  pack: rule.pack,
  action: rule.action,
  trigger: rule.trigger,
  conditions: rule.conditions,
  is_adhoc: rule.is_adhoc,
  owner_identity: rule.owner_identity,
});

export const ruleTarget = ({ id, ref, pack_ref: packRef }: RuleEntity): Target => ({ id, ref, packRef });

/** The same for the rows of `listRules`. */
export const RULE_COLUMNS: FactColumns = { id: sql`r.id`, ref: sql`r.ref`, packRef: sql`r.pack_ref` };
