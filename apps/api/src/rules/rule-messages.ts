import { type OutgoingMessage, type RuleEntity } from '@attune/common';

type State = Pick<RuleEntity, 'id' | 'ref' | 'trigger' | 'trigger_ref' | 'action_ref' | 'trigger_params' | 'enabled'>;

/** What everybody is told about a rule: whoever produces its events starts, changes or stops on it. */
export function ruleCreated(rule: State): OutgoingMessage[] {
  return [{ topic: 'rule.created', payload: stateOf(rule) }];
}

/**
 * For a changed rule. Leaving a trigger, by being disabled or moved, is announced under the trigger it leaves; being on
 * one, by being enabled or changed, under the one it is on now.
 */
export function ruleChanged(before: State, after: State): OutgoingMessage[] {
  const messages: OutgoingMessage[] = [{ topic: 'rule.updated', payload: stateOf(after) }];
  const leaves = before.enabled && (!after.enabled || before.trigger_ref !== after.trigger_ref);
  if (leaves) messages.push({ topic: 'rule.disabled', payload: nameOf(before) });
  const starts = !before.enabled || before.trigger_ref !== after.trigger_ref;
  const isChanged = JSON.stringify(before.trigger_params) !== JSON.stringify(after.trigger_params);
  if (after.enabled && (starts || isChanged)) messages.push({ topic: 'rule.enabled', payload: stateOf(after) });
  return messages;
}

export function ruleDeleted(rule: State): OutgoingMessage[] {
  return [{ topic: 'rule.deleted', payload: nameOf(rule) }];
}

const nameOf = ({ id, ref, trigger_ref }: State) => ({ rule_id: id, rule_ref: ref, trigger_ref });

const stateOf = (rule: State) => ({
  ...nameOf(rule),
  trigger_id: rule.trigger,
  action_ref: rule.action_ref,
  trigger_params: rule.trigger_params,
  enabled: rule.enabled,
});
