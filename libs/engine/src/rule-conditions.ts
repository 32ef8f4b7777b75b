import { CONDITION_OPERATORS } from './condition-operators.js';
import { eventScope, type EventView } from './event-scope.js';
import { evaluateExpression } from './expression/evaluator.js';
import { ExpressionError } from './expression/expression-error.js';
import { parseExpression } from './expression/parser.js';
import { scopeOf } from './expression/scope.js';
import { parseTemplate, pureExpression } from './expression/template.js';
import { isTruthy } from './expression/values.js';
import { getOwn, isJsonArray, isJsonObject, type Json, type JsonObject } from './json.js';
import { valueAtPath } from './json-path.js';
import { patternProblem } from './linear-regex.js';

/** `error` says why a condition could not be decided; the rule then does not match. */
export type ConditionOutcome = { readonly matched: true } | { readonly matched: false; readonly error?: string };

/**
 * What is wrong with stored or submitted conditions. `unknown_operator`, `expression` and `pattern` can never be meant;
 * `shape` is an object no rule says anything about, which never matches.
 */
export interface ConditionProblem {
  readonly type: 'unknown_operator' | 'expression' | 'pattern' | 'shape';
  /** Where, as a JSON pointer into the conditions. */
  readonly path: string;
  readonly message: string;
}

/** What the conditions of a rule mean, decided once for reading and checking. */
type Condition =
  | { readonly type: 'always' }
  | { readonly type: 'expression'; readonly source: string }
  | { readonly type: 'group'; readonly quantifier: 'any' | 'all'; readonly items: readonly Json[] }
  | { readonly type: 'field'; readonly field: string; readonly operator: string; readonly value: Json }
  | { readonly type: 'shape' };

/** Decides whether a rule's conditions hold for an event. Never throws for what a user wrote. */
export function evaluateConditions(conditions: Json, event: EventView): ConditionOutcome {
  const errors: string[] = [];
  try {
    if (holds(interpret(conditions, true), event, errors)) return { matched: true };
  } catch (error) {
    errors.push(messageOf(error));
  }
  return errors.length === 0 ? { matched: false } : { matched: false, error: [...new Set(errors)].join('; ') };
}

/** Every problem of conditions that are about to be saved; empty = they can be used. */
export function conditionProblems(conditions: Json): readonly ConditionProblem[] {
  const problems: ConditionProblem[] = [];
  collectProblems(interpret(conditions, true), '', problems);
  return problems;
}

/** At the top a bare list means `all`, nothing means always, and an expression is allowed. */
function interpret(value: Json, isTop: boolean): Condition {
  if (isTop && isEmpty(value)) return { type: 'always' };
  if (isJsonArray(value)) return isTop ? { type: 'group', quantifier: 'all', items: value } : { type: 'shape' };
  if (!isJsonObject(value)) return { type: 'shape' };
  const keys = Object.keys(value);
  if (keys.length === 1) return interpretSingle(value, keys[0] ?? '', isTop);
  const field = getOwn(value, 'field');
  const operator = getOwn(value, 'operator');
  if (isTop || typeof field !== 'string' || typeof operator !== 'string') return { type: 'shape' };
  return { type: 'field', field, operator, value: getOwn(value, 'value') ?? null };
}

function interpretSingle(value: JsonObject, key: string, isTop: boolean): Condition {
  const content = value[key];
  if ((key === 'any' || key === 'all') && isJsonArray(content))
    return { type: 'group', quantifier: key, items: content };
  if (isTop && key === 'expression' && typeof content === 'string')
    return { type: 'expression', source: unbraced(content) };
  return { type: 'shape' };
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Braces around an expression are optional. */
function unbraced(text: string): string {
  if (!text.trimStart().startsWith('{{')) return text;
  try {
    return pureExpression(parseTemplate(text)) ?? text;
  } catch {
    // Left as it is: reading it as an expression says what is wrong with it.
    return text;
  }
}

function holds(condition: Condition, event: EventView, errors: string[]): boolean {
  switch (condition.type) {
    case 'always':
      return true;
    case 'expression':
      return isTruthy(evaluateExpression(condition.source, scopeOf({ event: eventScope(withPayload(event)) })));
    case 'group': {
      const holdsItem = (item: Json): boolean => holds(interpret(item, false), event, errors);
      return condition.quantifier === 'any' ? condition.items.some(holdsItem) : condition.items.every(holdsItem);
    }
    case 'field':
      return fieldHolds(condition, event, errors);
    case 'shape':
      errors.push('a condition has a form no rule can match');
      return false;
  }
}

function fieldHolds(
  { field, operator, value }: Condition & { type: 'field' },
  event: EventView,
  errors: string[],
): boolean {
  const apply = CONDITION_OPERATORS.get(operator);
  if (apply === undefined) {
    errors.push(`unknown operator '${operator}'`);
    return false;
  }
  const actual = valueAtPath(event.payload ?? {}, payloadPath(field));
  if (actual === undefined) return operator === 'not_exists';
  try {
    return apply(actual, value);
  } catch (error) {
    errors.push(`field '${field}': ${messageOf(error)}`);
    return false;
  }
}

/** The segments of a field relative to the payload; the full name `event.payload.x` is accepted as well. */
function payloadPath(field: string): readonly string[] {
  if (field === 'event.payload') return [];
  return field.replace(/^event\.payload\./, '').split('.');
}

/** Conditions of an event without payload look at an empty one. */
function withPayload(event: EventView): EventView {
  return event.payload === null ? { ...event, payload: {} } : event;
}

function collectProblems(condition: Condition, path: string, problems: ConditionProblem[]): void {
  switch (condition.type) {
    case 'always':
      return;
    case 'expression':
      try {
        parseExpression(condition.source);
      } catch (error) {
        problems.push({ type: 'expression', path: '/expression', message: messageOf(error) });
      }
      return;
    case 'group':
      condition.items.forEach((item, index) => {
        collectProblems(interpret(item, false), `${path}/${index}`, problems);
      });
      return;
    case 'field':
      collectFieldProblems(condition, path, problems);
      return;
    case 'shape':
      problems.push({ type: 'shape', path, message: 'expected {field, operator, value}, {any: […]} or {all: […]}' });
  }
}

function collectFieldProblems(
  { operator, value }: Condition & { type: 'field' },
  path: string,
  problems: ConditionProblem[],
): void {
  if (!CONDITION_OPERATORS.has(operator)) {
    const known = [...CONDITION_OPERATORS.keys()].join(', ');
    problems.push({ type: 'unknown_operator', path, message: `unknown operator '${operator}'; known are ${known}` });
  } else if (operator === 'matches') {
    const problem = typeof value === 'string' ? patternProblem(value) : 'the regular expression must be a string';
    if (problem !== null) problems.push({ type: 'pattern', path, message: problem });
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ExpressionError) return error.message;
  if (error instanceof RangeError) return 'a value is nested too deeply';
  if (error instanceof Error) return error.message;
  throw error;
}
