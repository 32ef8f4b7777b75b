import { type OutgoingMessage } from '@attune/common';
import { type DeletedRule } from './sql/delete-undeclared.sql.js';
import { type WrittenRule } from './sql/upsert-rules.sql.js';

/**
 * What a load has to say about rules. A rule that moved to another trigger ends for the old one first, so that whoever
 * serves that trigger lets go of it.
 *
 * @param earlierTriggers trigger refs of the rules there were before, by rule ref
 */
export function ruleMessages(
  written: readonly WrittenRule[],
  removed: readonly DeletedRule[],
  earlierTriggers: ReadonlyMap<string, string>,
): OutgoingMessage[] {
  return [
    ...written.flatMap((rule) => writtenRuleMessages(rule, earlierTriggers.get(rule.ref))),
    ...removed.map(({ id, ref, trigger_ref }): OutgoingMessage => ({
      topic: 'rule.deleted',
      payload: { rule_id: id, rule_ref: ref, trigger_ref },
    })),
  ];
}

function writtenRuleMessages(rule: WrittenRule, earlierTrigger: string | undefined): OutgoingMessage[] {
  const payload = {
    rule_id: rule.id,
    rule_ref: rule.ref,
    trigger_id: rule.trigger,
    trigger_ref: rule.trigger_ref,
    action_ref: rule.action_ref,
    trigger_params: rule.trigger_params,
    enabled: rule.enabled,
  };
  if (earlierTrigger === undefined) return [{ topic: 'rule.created', payload }];
  if (!rule.enabled || earlierTrigger === rule.trigger_ref) return [{ topic: 'rule.updated', payload }];
  return [
    { topic: 'rule.disabled', payload: { rule_id: rule.id, rule_ref: rule.ref, trigger_ref: earlierTrigger } },
    { topic: 'rule.updated', payload },
  ];
}
