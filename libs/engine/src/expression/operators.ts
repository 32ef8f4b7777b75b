import { compareText, isJsonArray, isJsonNumber, type Json, jsonEquals } from '../json.js';
import { assertNever } from '../assert-never.js';
import { type BinaryOperator } from './ast.js';
import { ExpressionError } from './expression-error.js';
import { asNumber, boundedArray, boundedText, finite, isIn, typeOf } from './values.js';

export function applyOperator(operator: BinaryOperator, left: Json, right: Json): Json {
  switch (operator) {
    case '==':
      return jsonEquals(left, right);
    case '!=':
      return !jsonEquals(left, right);
    case '<':
      return compare(operator, left, right) < 0;
    case '>':
      return compare(operator, left, right) > 0;
    case '<=':
      return compare(operator, left, right) <= 0;
    case '>=':
      return compare(operator, left, right) >= 0;
    case 'in':
      return isIn(left, right);
    case '+':
      return add(left, right);
    case '-':
    case '*':
    case '/':
    case '%':
      return calculate(operator, asNumber(left, side('left', operator)), asNumber(right, side('right', operator)));
    default:
      return assertNever(operator);
  }
}

function side(name: 'left' | 'right', operator: string): string {
  return `the ${name} side of '${operator}'`;
}

function calculate(operator: '-' | '*' | '/' | '%', left: number, right: number): number {
  switch (operator) {
    case '-':
      return finite(left - right);
    case '*':
      return finite(left * right);
    case '/':
      if (right === 0) throw new ExpressionError('division by zero');
      return finite(left / right);
    case '%':
      if (right === 0) throw new ExpressionError('division by zero');
      return finite(left % right);
  }
}

function add(left: Json, right: Json): Json {
  if (typeof left === 'string' && typeof right === 'string') {
    boundedText(left.length + right.length);
    return left + right;
  }
  if (isJsonArray(left) && isJsonArray(right)) {
    boundedArray(left.length + right.length);
    return [...left, ...right];
  }
  if (isJsonNumber(left) && isJsonNumber(right)) return finite(Number(left) + Number(right));
  throw new ExpressionError(`'+' cannot join ${typeOf(left)} and ${typeOf(right)}`);
}

/** Negative, zero or positive. Two numbers, two strings (by code point) or two arrays of those (element by element). */
function compare(operator: string, left: Json, right: Json): number {
  if (isJsonArray(left) && isJsonArray(right)) {
    for (let index = 0; index < Math.min(left.length, right.length); index++) {
      const order = compareScalars(operator, left[index] ?? null, right[index] ?? null);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
  return compareScalars(operator, left, right);
}

function compareScalars(operator: string, left: Json, right: Json): number {
  if (isJsonNumber(left) && isJsonNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  throw new ExpressionError(`'${operator}' cannot compare ${typeOf(left)} with ${typeOf(right)}`);
}
