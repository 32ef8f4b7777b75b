import { type Json } from '../json.js';
import { ExpressionError } from './expression-error.js';

export type Token = { readonly at: number } & (
  | { readonly type: 'number'; readonly value: number | bigint }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'name'; readonly text: string }
  | { readonly type: 'keyword'; readonly text: Keyword }
  | { readonly type: 'symbol'; readonly text: string }
  | { readonly type: 'end' }
);

export type Keyword = 'and' | 'or' | 'not' | 'in' | 'true' | 'false' | 'null';

const KEYWORDS: ReadonlySet<string> = new Set<Keyword>(['and', 'or', 'not', 'in', 'true', 'false', 'null']);

export function isKeyword(text: string): text is Keyword {
  return KEYWORDS.has(text);
}

/** The value of the keywords that are literals. */
export const LITERAL_KEYWORDS: ReadonlyMap<Keyword, Json> = new Map<Keyword, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const BLANK = /[ \t\r\n]+/y;
const NUMBER = /\d+(\.\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SYMBOL = /==|!=|<=|>=|[<>+\-*/%.,()[\]]/y;

/** The end of the string literal that starts at `start`: the position after its closing quote, or -1 when it is not closed. */
export function skipString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return -1;
}

/**
 * @throws ExpressionError at a sign the language does not have
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = matchAt(BLANK, text, at);
    if (blank !== null) {
      at += blank.length;
      continue;
    }
    const { token, end } = readToken(text, at);
    tokens.push(token);
    at = end;
  }
  tokens.push({ type: 'end', at });
  return tokens;
}

function readToken(text: string, at: number): { token: Token; end: number } {
  const sign = text[at];
  if (sign === '"' || sign === "'") {
    const end = skipString(text, at);
    if (end < 0) throw new ExpressionError(`the text that starts at position ${at + 1} is not closed`);
    return { token: { type: 'string', at, value: unescape(text.slice(at + 1, end - 1)) }, end };
  }
  const number = matchAt(NUMBER, text, at);
  if (number !== null) return { token: { type: 'number', at, value: toNumber(number) }, end: at + number.length };
  const name = matchAt(NAME, text, at);
  if (name !== null) {
    const token: Token = isKeyword(name) ? { type: 'keyword', at, text: name } : { type: 'name', at, text: name };
    return { token, end: at + name.length };
  }
  const symbol = matchAt(SYMBOL, text, at);
  if (symbol === null) {
    const shown = String.fromCodePoint(text.codePointAt(at) ?? 0);
    throw new ExpressionError(`unexpected '${shown}' at position ${at + 1}`);
  }
  return { token: { type: 'symbol', at, text: symbol }, end: at + symbol.length };
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function toNumber(text: string): number | bigint {
  const value = Number(text);
  return text.includes('.') || Number.isSafeInteger(value) ? value : BigInt(text);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

/** Other escapes stay as the two characters they are. */
function unescape(text: string): string {
  return text.replace(/\\([^])/g, (both, sign: string) => ESCAPES.get(sign) ?? both);
}
