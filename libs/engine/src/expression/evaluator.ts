import { assertNever } from '../assert-never.js';
import { getOwn, isJsonArray, isJsonNumber, isJsonObject, type Json } from '../json.js';
import { type AccessStep, type Expression } from './ast.js';
import { ExpressionError } from './expression-error.js';
import { callFunction } from './functions.js';
import { applyOperator } from './operators.js';
import { parseExpression } from './parser.js';
import { type Scope } from './scope.js';
import { asInteger, asNumber, finite, isTruthy, typeOf } from './values.js';

/**
 * Evaluates an expression. Pure: the same text and scope give the same value.
 *
 * @throws ExpressionError for a syntax error, an unknown name, a wrong type or a value over the limits
 */
export function evaluateExpression(expression: string | Expression, scope: Scope): Json {
  const tree = typeof expression === 'string' ? parseExpression(expression) : expression;
  try {
    return evaluate(tree, scope);
  } catch (error) {
    // The tree is at most 64 levels deep, but a payload may nest so deeply that comparing or writing it exhausts the stack.
    if (error instanceof RangeError) throw new ExpressionError('a value is nested too deeply', { cause: error });
    throw error;
  }
}

function evaluate(node: Expression, scope: Scope): Json {
  switch (node.type) {
    case 'literal':
      return node.value;
    case 'name':
      return lookup(node.name, scope);
    case 'array':
      return node.items.map((item) => evaluate(item, scope));
    case 'call':
      return callFunction(
        node.name,
        node.args.map((arg) => evaluate(arg, scope)),
        scope.outcome,
      );
    case 'access':
      return node.steps.reduce((value, step) => take(value, step, scope), evaluate(node.target, scope));
    case 'negate':
      return finite(-asNumber(evaluate(node.operand, scope), "the operand of '-'"));
    case 'not':
      return !isTruthy(evaluate(node.operand, scope));
    case 'logical':
      return node.operator === 'and'
        ? node.operands.every((operand) => isTruthy(evaluate(operand, scope)))
        : node.operands.some((operand) => isTruthy(evaluate(operand, scope)));
    case 'binary': {
      let value = evaluate(node.first, scope);
      for (const { operator, right } of node.rest) value = applyOperator(operator, value, evaluate(right, scope));
      return value;
    }
    default:
      return assertNever(node);
  }
}

function lookup(name: string, scope: Scope): Json {
  const value = scope.lookup(name);
  if (value === undefined) throw new ExpressionError(`unknown name '${name}'`);
  return value;
}

function take(value: Json, step: AccessStep, scope: Scope): Json {
  return step.type === 'member' ? memberOf(value, step.name) : elementOf(value, evaluate(step.index, scope));
}

function memberOf(value: Json, key: string): Json {
  if (!isJsonObject(value)) throw new ExpressionError(`cannot read '${key}' of ${typeOf(value)}`);
  const member = getOwn(value, key);
  if (member === undefined) throw new ExpressionError(`there is no '${key}' in the object`);
  return member;
}

function elementOf(value: Json, index: Json): Json {
  if (isJsonObject(value)) {
    if (typeof index !== 'string') throw new ExpressionError(`an object has no element ${typeOf(index)}`);
    return memberOf(value, index);
  }
  if (!isJsonArray(value) && typeof value !== 'string') {
    throw new ExpressionError(`cannot take an element of ${typeOf(value)}`);
  }
  if (!isJsonNumber(index)) throw new ExpressionError(`an index must be a number, not ${typeOf(index)}`);
  const elements = typeof value === 'string' ? Array.from(value) : value;
  const position = asInteger(index, 'an index');
  const element = elements[position < 0 ? elements.length + position : position];
  if (element === undefined) throw new ExpressionError(`index ${position} is out of range`);
  return element;
}
