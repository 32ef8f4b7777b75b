import { BoundedCache } from '../bounded-cache.js';
import { isJsonArray, isJsonObject, type Json } from '../json.js';
import { evaluateExpression } from './evaluator.js';
import { ExpressionError } from './expression-error.js';
import { skipString } from './lexer.js';
import { type Scope } from './scope.js';
import { boundedText, checkRenderedSize, isTruthy, toText } from './values.js';

/** A piece of a template: literal text, or the source of one expression between `{{` and `}}`. */
export type TemplatePart =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'expression'; readonly source: string };

const templates = new BoundedCache<readonly TemplatePart[]>(2_000);

/**
 * Cuts a text at its `{{ }}`. The end is found past string literals, so `}}` inside one is no end.
 *
 * @throws ExpressionError when a `{{` has no `}}`
 */
export function parseTemplate(text: string): readonly TemplatePart[] {
  return templates.getOrMake(text, splitTemplate);
}

/** Whether a text holds a template at all; the cheap test before any other. */
export function hasTemplate(text: string): boolean {
  return text.includes('{{');
}

function splitTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    const close = findClose(text, open + 2);
    if (open > at) parts.push({ type: 'text', text: text.slice(at, open) });
    parts.push({ type: 'expression', source: text.slice(open + 2, close) });
    at = close + 2;
  }
  if (at < text.length) parts.push({ type: 'text', text: text.slice(at) });
  return parts;
}

function findClose(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === '}' && text[at + 1] === '}') return at;
    if (sign !== '"' && sign !== "'") continue;
    const end = skipString(text, at);
    if (end < 0) break;
    at = end - 1;
  }
  // A quote that is never closed must not swallow the templates after it: the nearest end bounds the faulty expression.
  const nearest = text.indexOf('}}', start);
  if (nearest < 0) throw new ExpressionError("a '{{' has no matching '}}'");
  return nearest;
}

/** The expression of a text that is one `{{ }}` and nothing else but blanks; null for any other text. */
export function pureExpression(parts: readonly TemplatePart[]): string | null {
  const filled = parts.filter((part) => part.type === 'expression' || part.text.trim() !== '');
  const [only] = filled;
  return filled.length === 1 && only?.type === 'expression' ? only.source : null;
}

/** The text of a value inside a mixed template: null is empty. */
export function insertedText(value: Json): string {
  return value === null ? '' : toText(value);
}

/**
 * Renders every string of a value, at any depth. `{{ expr }}` alone keeps the type of its value, mixed with text it gives text.
 * Keys are left alone, and what is put in is not rendered again.
 *
 * @throws ExpressionError when any part cannot be rendered or the whole grows too large
 */
export function renderTemplate(template: Json, scope: Scope): Json {
  const rendered = renderWith(template, (text) => renderText(text, scope));
  checkRenderedSize(rendered);
  return rendered;
}

/** Applies `render` to every string of a value that holds a template, and copies the rest. */
export function renderWith(template: Json, render: (text: string) => Json): Json {
  if (typeof template === 'string') return hasTemplate(template) ? render(template) : template;
  if (isJsonArray(template)) return template.map((item) => renderWith(item, render));
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, renderWith(item, render)]));
}

function renderText(text: string, scope: Scope): Json {
  const parts = parseTemplate(text);
  const pure = pureExpression(parts);
  if (pure !== null) return evaluateExpression(pure, scope);
  return joinParts(parts, (source) => evaluateExpression(source, scope));
}

/** The text of a mixed template. */
export function joinParts(parts: readonly TemplatePart[], valueOf: (source: string) => Json): string {
  let text = '';
  for (const part of parts) {
    text += part.type === 'text' ? part.text : insertedText(valueOf(part.source));
    boundedText(text.length);
  }
  return text;
}

const FALSE_TEXTS: ReadonlySet<string> = new Set(['', 'false', '0', 'no']);

/**
 * Whether a `when` holds. It is an expression, bare or inside `{{ }}`; a result that is text counts as false for the empty text,
 * `false`, `0` and `no`.
 *
 * @throws ExpressionError when it cannot be evaluated
 */
export function evaluateWhen(when: string, scope: Scope): boolean {
  const value = hasTemplate(when) ? renderText(when, scope) : evaluateExpression(when, scope);
  return typeof value === 'string' ? !FALSE_TEXTS.has(value.toLowerCase()) : isTruthy(value);
}

/** The errors of every expression in a value, for checks on save; empty = all can be read. */
export function templateProblems(template: Json, check: (source: string) => void): readonly string[] {
  const problems = new Set<string>();
  const attempt = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.add(error.message);
    }
  };
  renderWith(template, (text) => {
    attempt(() => {
      for (const part of parseTemplate(text)) {
        if (part.type === 'expression') attempt(() => check(part.source));
      }
    });
    return null;
  });
  return [...problems];
}
