import { BoundedCache } from '../bounded-cache.js';
import { type AccessStep, type BinaryOperator, type BinaryStep, type Expression } from './ast.js';
import { ExpressionError } from './expression-error.js';
import { type Keyword, LITERAL_KEYWORDS, type Token, tokenize } from './lexer.js';
import { MAX_EXPRESSION_LENGTH, MAX_NESTING } from './limits.js';

const parsed = new BoundedCache<Expression>(2_000);

/**
 * Reads one expression. The result is immutable and may be kept.
 *
 * @throws ExpressionError saying what was expected where
 */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_EXPRESSION_LENGTH) throw new ExpressionError('the expression is longer than 16 KiB');
  return parsed.getOrMake(text, (source) => new Parser(tokenize(source)).parse());
}

const COMPARISONS = new Set<BinaryOperator>(['==', '!=', '<', '>', '<=', '>=', 'in']);
const SUMS = new Set<BinaryOperator>(['+', '-']);
const PRODUCTS = new Set<BinaryOperator>(['*', '/', '%']);

/** Recursive descent, one method per level of precedence, lowest first. */
class Parser {
  private position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Expression {
    if (this.current().type === 'end') throw new ExpressionError('the expression is empty');
    const expression = this.or();
    if (this.current().type !== 'end') throw this.unexpected();
    return expression;
  }

  private or(): Expression {
    return this.logical('or', () => this.and());
  }

  private and(): Expression {
    return this.logical('and', () => this.not());
  }

  private logical(operator: 'and' | 'or', operand: () => Expression): Expression {
    const first = operand();
    if (!this.isKeyword(operator)) return first;
    const operands = [first];
    while (this.takeKeyword(operator)) operands.push(operand());
    return { type: 'logical', operator, operands };
  }

  private not(): Expression {
    if (!this.takeKeyword('not')) return this.comparison();
    return { type: 'not', operand: this.nested(() => this.not()) };
  }

  private comparison(): Expression {
    return this.binary(COMPARISONS, () => this.sum());
  }

  private sum(): Expression {
    return this.binary(SUMS, () => this.product());
  }

  private product(): Expression {
    return this.binary(PRODUCTS, () => this.negation());
  }

  private binary(operators: ReadonlySet<BinaryOperator>, operand: () => Expression): Expression {
    const first = operand();
    const rest: BinaryStep[] = [];
    for (let operator = this.operatorOf(operators); operator !== null; operator = this.operatorOf(operators)) {
      this.position++;
      rest.push({ operator, right: operand() });
    }
    return rest.length === 0 ? first : { type: 'binary', first, rest };
  }

  private operatorOf(operators: ReadonlySet<BinaryOperator>): BinaryOperator | null {
    const token = this.current();
    if (token.type !== 'symbol' && token.type !== 'keyword') return null;
    const text = token.text as BinaryOperator;
    return operators.has(text) ? text : null;
  }

  private negation(): Expression {
    if (!this.takeSymbol('-')) return this.access();
    return { type: 'negate', operand: this.nested(() => this.negation()) };
  }

  private access(): Expression {
    const target = this.primary();
    const steps: AccessStep[] = [];
    for (;;) {
      if (this.takeSymbol('.')) {
        steps.push({ type: 'member', name: this.memberName() });
      } else if (this.takeSymbol('[')) {
        steps.push({ type: 'index', index: this.nested(() => this.or()) });
        this.expectSymbol(']');
      } else {
        return steps.length === 0 ? target : { type: 'access', target, steps };
      }
    }
  }

  private memberName(): string {
    const token = this.current();
    if (token.type !== 'name' && token.type !== 'keyword') throw this.unexpected('a name after the dot');
    this.position++;
    return token.text;
  }

  private primary(): Expression {
    const token = this.current();
    switch (token.type) {
      case 'number':
      case 'string':
        this.position++;
        return { type: 'literal', value: token.value };
      case 'name':
        this.position++;
        return this.takeSymbol('(')
          ? { type: 'call', name: token.text, args: this.nested(() => this.list(')', false)) }
          : { type: 'name', name: token.text };
      case 'keyword': {
        const value = LITERAL_KEYWORDS.get(token.text);
        if (value === undefined) throw this.unexpected();
        this.position++;
        return { type: 'literal', value };
      }
      default:
        return this.bracketed();
    }
  }

  private bracketed(): Expression {
    if (this.takeSymbol('(')) {
      const inner = this.nested(() => this.or());
      this.expectSymbol(')');
      return inner;
    }
    if (this.takeSymbol('[')) return { type: 'array', items: this.nested(() => this.list(']', true)) };
    throw this.unexpected();
  }

  /** The rest of a comma list up to and with its closing sign. */
  private list(close: ')' | ']', trailingComma: boolean): readonly Expression[] {
    const items: Expression[] = [];
    if (this.takeSymbol(close)) return items;
    for (;;) {
      items.push(this.or());
      if (this.takeSymbol(close)) return items;
      this.expectSymbol(',', close);
      if (trailingComma && this.takeSymbol(close)) return items;
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > MAX_NESTING) throw new ExpressionError(`the expression nests deeper than ${MAX_NESTING} levels`);
    const result = read();
    this.depth--;
    return result;
  }

  private current(): Token {
    const token = this.tokens[this.position];
    if (token === undefined) throw new ExpressionError('the expression ends too early');
    return token;
  }

  private isKeyword(text: Keyword): boolean {
    const token = this.current();
    return token.type === 'keyword' && token.text === text;
  }

  private takeKeyword(text: Keyword): boolean {
    if (!this.isKeyword(text)) return false;
    this.position++;
    return true;
  }

  private takeSymbol(text: string): boolean {
    const token = this.current();
    if (token.type !== 'symbol' || token.text !== text) return false;
    this.position++;
    return true;
  }

  private expectSymbol(...texts: string[]): void {
    const wanted = texts[0];
    if (wanted !== undefined && this.takeSymbol(wanted)) return;
    throw this.unexpected(texts.map((text) => `'${text}'`).join(' or '));
  }

  private unexpected(expected?: string): ExpressionError {
    const wanted = expected === undefined ? '' : `, expected ${expected}`;
    const token = this.current();
    if (token.type === 'end') return new ExpressionError(`the expression ends too early${wanted}`);
    const shown = 'text' in token ? token.text : token.type === 'string' ? 'text' : String(token.value);
    return new ExpressionError(`unexpected '${shown}' at position ${token.at + 1}${wanted}`);
  }
}
