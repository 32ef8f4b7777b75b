import { type ActionEntity, DomainError, type RuleEntity, type TriggerEntity } from '@attune/common';
import {
  conditionProblems,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type ParameterOutcome,
  ruleParameterProblems,
  validateParameters,
  validateParameterTemplates,
} from '@attune/engine';

/** @throws DomainError 400 for conditions that could never be evaluated, 422 for what is no conditions at all */
export function requireUsableConditions(conditions: Json): RuleEntity['conditions'] {
  // An object that says nothing to us simply never matches, as it always did; what is misspelt is refused.
  const problems = conditionProblems(conditions).filter(({ type }) => type !== 'shape');
  if (problems.length === 0) return storable(conditions);
  const list = problems.map(({ path, message }) => (path === '' ? message : `${message} at ${path}`));
  throw new DomainError('rule.bad_request', `The conditions cannot be used: ${list.join('; ')}`);
}

/** An object, or a list of objects that must all hold. Null means no conditions. */
function storable(conditions: Json): RuleEntity['conditions'] {
  if (conditions === null) return {};
  if (isJsonObject(conditions)) return conditions;
  if (isJsonArray(conditions) && conditions.every(isJsonObject)) return conditions;
  throw new DomainError('rule.invalid', 'conditions must be an object or a list of objects');
}

/** Trigger parameters are taken as they stand. @throws DomainError 422 */
export function requireTriggerParameters({ ref, param_schema }: TriggerEntity, parameters: JsonObject): void {
  requireValid(validateParameters('trigger', ref, param_schema, parameters));
}

/** Action parameters may hold templates, whose values are not known yet. @throws DomainError 422 */
export function requireActionParameters({ ref, param_schema }: ActionEntity, parameters: JsonObject): void {
  const problems = ruleParameterProblems(parameters);
  if (problems.length > 0) {
    throw new DomainError('rule.invalid', `A template in action_params cannot be read: ${problems.join('; ')}`);
  }
  requireValid(validateParameterTemplates('action', ref, param_schema, parameters));
}

function requireValid(outcome: ParameterOutcome): void {
  if (outcome.type === 'valid') return;
  const code = outcome.type === 'invalid' ? 'rule.invalid' : 'rule.unprocessable';
  throw new DomainError(code, outcome.message);
}
