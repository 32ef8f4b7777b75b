import { compareText, isJsonArray, isJsonNumber, type Json, jsonEquals } from './json.js';
import { testPattern } from './linear-regex.js';

/**
 * The operators of rule conditions: `actual` is what the event holds at the field, `wanted` the value of the condition.
 * Types an operator cannot deal with are no match, never an error.
 *
 * @throws Error only from `matches`, for a pattern that cannot be used
 */
export type ConditionOperator = (actual: Json, wanted: Json) => boolean;

export const CONDITION_OPERATORS: ReadonlyMap<string, ConditionOperator> = new Map<string, ConditionOperator>([
  ['equals', jsonEquals],
  ['not_equals', (actual, wanted) => !jsonEquals(actual, wanted)],
  ['contains', (actual, wanted) => contains(actual, wanted) === true],
  ['not_contains', (actual, wanted) => contains(actual, wanted) === false],
  ['greater_than', ordered((order) => order > 0)],
  ['less_than', ordered((order) => order < 0)],
  ['greater_or_equal', ordered((order) => order >= 0)],
  ['less_or_equal', ordered((order) => order <= 0)],
  ['in', (actual, wanted) => isJsonArray(wanted) && wanted.some((item) => jsonEquals(item, actual))],
  ['not_in', (actual, wanted) => isJsonArray(wanted) && !wanted.some((item) => jsonEquals(item, actual))],
  [
    'starts_with',
    (actual, wanted) => typeof actual === 'string' && typeof wanted === 'string' && actual.startsWith(wanted),
  ],
  [
    'ends_with',
    (actual, wanted) => typeof actual === 'string' && typeof wanted === 'string' && actual.endsWith(wanted),
  ],
  [
    'matches',
    (actual, wanted) => typeof actual === 'string' && typeof wanted === 'string' && testPattern(wanted, actual),
  ],
  ['exists', () => true],
  // A missing field is dealt with before any operator; what reaches this one exists.
  ['not_exists', () => false],
]);

/** Null when the types do not fit. */
function contains(actual: Json, wanted: Json): boolean | null {
  if (isJsonArray(actual)) return actual.some((item) => jsonEquals(item, wanted));
  return typeof actual === 'string' && typeof wanted === 'string' ? actual.includes(wanted) : null;
}

/** Two numbers by value, two texts by code point; nothing else has an order. */
function ordered(holds: (order: number) => boolean): ConditionOperator {
  return (actual, wanted) => {
    if (isJsonNumber(actual) && isJsonNumber(wanted)) return holds(actual < wanted ? -1 : actual > wanted ? 1 : 0);
    return typeof actual === 'string' && typeof wanted === 'string' && holds(compareText(actual, wanted));
  };
}
