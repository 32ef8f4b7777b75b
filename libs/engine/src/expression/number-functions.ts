import { compareText, isJsonNumber, type Json } from '../json.js';
import { ExpressionError } from './expression-error.js';
import { type FunctionTable, one, two } from './function-table.js';
import { MAX_RANGE_LENGTH } from './limits.js';
import { asArray, asInteger, asNumber, finite, typeOf } from './values.js';

export const NUMBER_FUNCTIONS: FunctionTable = {
  abs: one((n) => Math.abs(asNumber(n, 'the argument of abs()'))),
  floor: one((n) => finite(Math.floor(asNumber(n, 'the argument of floor()')))),
  ceil: one((n) => finite(Math.ceil(asNumber(n, 'the argument of ceil()')))),
  round: one((n) => roundHalfAway(asNumber(n, 'the argument of round()'))),
  min: two((a, b) => (isLess('min', b, a) ? b : a)),
  max: two((a, b) => (isLess('max', a, b) ? b : a)),
  sum: one((array) =>
    finite(asArray(array, 'the argument of sum()').reduce<number>((total, n) => total + asNumber(n, 'an element'), 0)),
  ),
  range: { min: 1, max: 2, call: range },
};

function roundHalfAway(n: number): number {
  // Not floor(n + 0.5): the sum itself rounds, 0.49999999999999994 would become 1.
  const whole = Math.trunc(n);
  return finite(Math.abs(n - whole) >= 0.5 ? whole + Math.sign(n) : whole);
}

function isLess(name: string, a: Json, b: Json): boolean {
  if (isJsonNumber(a) && isJsonNumber(b)) return a < b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b) < 0;
  throw new ExpressionError(`${name}() needs two numbers or two strings, not ${typeOf(a)} and ${typeOf(b)}`);
}

function range(a: Json = null, b?: Json): Json {
  const [start, end] =
    b === undefined ? [0, asInteger(a, 'the end')] : [asInteger(a, 'the start'), asInteger(b, 'the end')];
  if (end - start > MAX_RANGE_LENGTH) throw new ExpressionError('range() makes at most 100000 elements');
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
