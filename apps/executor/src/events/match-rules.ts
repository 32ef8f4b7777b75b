import { SecretBoxError, sealedPointers } from '@attune/common';
import {
  evaluateConditions,
  type EventView,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  renderRuleParameters,
  secretParameterPointers,
} from '@attune/engine';
import { type ActiveRule } from './sql/list-active-rules.sql.js';

/** An enabled rule, its texts read once for a whole batch of events. */
export interface PreparedRule extends ActiveRule {
  readonly parsedConditions: Json;
  readonly parsedParams: JsonObject;
  /** Where its rendered parameters hold secrets of the pack's configuration or its own (JSON pointers). */
  readonly secretPointers: readonly string[];
  /** Something in its parameters or its pack's configuration was encrypted with a key that is not configured. */
  readonly isUnreadable: boolean;
}

/**
 * What one rule makes of one event. `errors` could not be decided or rendered and are told in the log. `broken`: the rule
 * matched, but no parameters can be made; its execution is recorded as failed.
 */
export type RuleDecision =
  | { readonly type: 'no_match'; readonly errors: readonly string[] }
  | { readonly type: 'match'; readonly parameters: JsonObject; readonly errors: readonly string[] }
  | { readonly type: 'broken'; readonly error: string };

/** `open` decrypts what is sealed; the plain text must not be stored. */
export function prepareRule(rule: ActiveRule, open: (values: JsonObject) => JsonObject): PreparedRule {
  const params = parseJson(rule.actionParams);
  const stored = isJsonObject(params) ? params : {};
  const { parsedParams, packConfig, isUnreadable } = openSecrets(rule, stored, open);
  const ofConfig = secretParameterPointers(
    parsedParams,
    rule.packConfigSchema,
    packConfig,
    sealedPointers(rule.packConfig),
  );
  return {
    ...rule,
    packConfig,
    parsedConditions: parseJson(rule.conditions),
    parsedParams,
    secretPointers: [...new Set([...ofConfig, ...sealedPointers(stored)])],
    isUnreadable,
  };
}

function openSecrets({ packConfig }: ActiveRule, params: JsonObject, open: (values: JsonObject) => JsonObject) {
  try {
    return { parsedParams: open(params), packConfig: open(packConfig), isUnreadable: false };
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    return { parsedParams: {}, packConfig: {}, isUnreadable: true };
  }
}

/** Decides about one rule and one event. Never throws, so that a rule cannot harm the others. `timestamp`: ISO 8601, UTC. */
export function decideRule(rule: PreparedRule, event: EventView, timestamp: string): RuleDecision {
  const outcome = evaluateConditions(rule.parsedConditions, event);
  if (!outcome.matched) return { type: 'no_match', errors: outcome.error === undefined ? [] : [outcome.error] };
  if (rule.isUnreadable) {
    return { type: 'broken', error: 'a secret of the rule or of its pack was encrypted with another key' };
  }
  try {
    const { id, ref, packConfig, parsedParams } = rule;
    const rendered = renderRuleParameters(parsedParams, { event, packConfig, rule: { id, ref }, timestamp });
    const parameters = isJsonObject(rendered.parameters) ? rendered.parameters : {};
    return { type: 'match', parameters, errors: rendered.errors };
  } catch (error) {
    return { type: 'broken', error: error instanceof Error ? error.message : String(error) };
  }
}
