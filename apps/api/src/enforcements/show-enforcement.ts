import { type EnforcementEntity, type EnforcementSummaryRow, sql } from '@attune/common';
import { type EnforcementResponse, type EnforcementSummary } from '@attune/contract';
import { packOf } from '@attune/engine';
import { type FactColumns } from '../access/condition.js';
import { type Target } from '../access/grants.js';
import { iso, isoOrNull } from '../domain/wire.js';

export const showEnforcementSummary = (enforcement: EnforcementSummaryRow): EnforcementSummary => ({
  id: enforcement.id,
  rule: enforcement.rule,
  rule_ref: enforcement.rule_ref,
  trigger_ref: enforcement.trigger_ref,
  event: enforcement.event,
  status: enforcement.status,
  condition: enforcement.condition,
  created: iso(enforcement.created),
});

export const showEnforcement = (enforcement: EnforcementEntity): EnforcementResponse => ({
  ...showEnforcementSummary(enforcement),
  config: enforcement.config,
  payload: enforcement.payload,
  conditions: enforcement.conditions,
  resolved_at: isoOrNull(enforcement.resolved_at),
});

/** An enforcement as grants see it: under the ref of its rule. */
export const enforcementTarget = ({ id, rule_ref: ref }: EnforcementEntity): Target => ({
  id,
  ref,
  packRef: packOf(ref),
});

/** The same for the rows of `listEnforcements`. */
export const ENFORCEMENT_COLUMNS: FactColumns = {
  id: sql`e.id`,
  ref: sql`e.rule_ref`,
  packRef: sql`split_part(e.rule_ref, '.', 1)`,
};
