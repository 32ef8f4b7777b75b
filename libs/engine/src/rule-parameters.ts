import { eventScope, type EventView } from './event-scope.js';
import { evaluateExpression } from './expression/evaluator.js';
import { ExpressionError } from './expression/expression-error.js';
import { isKeyword } from './expression/lexer.js';
import { parseExpression } from './expression/parser.js';
import { type Scope, scopeOf } from './expression/scope.js';
import { joinParts, parseTemplate, pureExpression, renderWith, templateProblems } from './expression/template.js';
import { checkRenderedSize } from './expression/values.js';
import { type Json, type JsonObject } from './json.js';
import { valueAtPath } from './json-path.js';

/** What the templates in a rule's `action_params` can name. */
export interface RuleTemplateInput {
  readonly event: EventView;
  /** Configuration of the rule's pack. */
  readonly packConfig: Json;
  readonly rule: { readonly id: number; readonly ref: string };
  /** `system.timestamp`, ISO 8601 UTC; the core has no clock. */
  readonly timestamp: string;
}

/** Errors are for the log: a part that cannot be evaluated became null, or empty text inside other text. */
export interface RenderedRuleParameters {
  readonly parameters: Json;
  readonly errors: readonly string[];
}

/**
 * Renders a rule's parameters for one event, in one pass. A plain dot path that leads nowhere is null, not an error.
 *
 * @throws ExpressionError only when the whole grows over 10 MiB
 */
export function renderRuleParameters(template: Json, input: RuleTemplateInput): RenderedRuleParameters {
  const names = namesOf(input);
  const scope = scopeOf(names);
  const errors: string[] = [];
  const parameters = renderWith(template, (text) => renderText(text, names, scope, errors));
  checkRenderedSize(parameters);
  return { parameters, errors };
}

/** The templates of a rule that cannot be read, for the check on save; empty = all can. */
export function ruleParameterProblems(template: Json): readonly string[] {
  return templateProblems(template, (source) => {
    if (plainPath(source) === null) parseExpression(source);
  });
}

function namesOf({ event, packConfig, rule, timestamp }: RuleTemplateInput): JsonObject {
  return {
    event: eventScope(event),
    pack: { config: packConfig },
    system: { timestamp, rule: { id: rule.id, ref: rule.ref } },
  };
}

function renderText(text: string, names: JsonObject, scope: Scope, errors: string[]): Json {
  const valueOf = (source: string): Json => valueOfSource(source, names, scope, errors);
  let parts;
  try {
    parts = parseTemplate(text);
  } catch (error) {
    // A '{{' that is never closed is no template: the text stays as it was written.
    record(error, errors);
    return text;
  }
  const pure = pureExpression(parts);
  return pure === null ? joinParts(parts, valueOf) : valueOf(pure);
}

function valueOfSource(source: string, names: JsonObject, scope: Scope, errors: string[]): Json {
  const path = plainPath(source);
  if (path !== null) {
    const value = valueAtPath(names, path);
    if (value !== undefined) return value;
    // A key may hold a hyphen (`headers.x-request-id`), but without such a key `a.b-1` is a subtraction.
    if (!source.includes('-')) return null;
  }
  try {
    return evaluateExpression(source, scope);
  } catch (error) {
    if (path === null) record(error, errors);
    return null;
  }
}

const PLAIN_PATH = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_-]+)*$/;

/** The segments of a source that is nothing but a dot path; null for any other expression. */
export function plainPath(source: string): readonly string[] | null {
  const text = source.trim();
  return PLAIN_PATH.test(text) && !isKeyword(text) ? text.split('.') : null;
}

function record(error: unknown, errors: string[]): void {
  if (!(error instanceof ExpressionError)) throw error;
  errors.push(error.message);
}
