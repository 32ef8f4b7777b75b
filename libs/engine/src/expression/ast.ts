import { type Json } from '../json.js';

export type BinaryOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

/**
 * Operators of one level in a row are one node with many operands, not a tree leaning left: the text limit allows thousands of
 * them, the nesting limit allows 64 levels, and evaluation recurses by level only.
 */
export type Expression =
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'array'; readonly items: readonly Expression[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly type: 'access'; readonly target: Expression; readonly steps: readonly AccessStep[] }
  | { readonly type: 'negate'; readonly operand: Expression }
  | { readonly type: 'not'; readonly operand: Expression }
  | { readonly type: 'binary'; readonly first: Expression; readonly rest: readonly BinaryStep[] }
  | { readonly type: 'logical'; readonly operator: 'and' | 'or'; readonly operands: readonly Expression[] };

export type AccessStep =
  { readonly type: 'member'; readonly name: string } | { readonly type: 'index'; readonly index: Expression };

export interface BinaryStep {
  readonly operator: BinaryOperator;
  readonly right: Expression;
}
