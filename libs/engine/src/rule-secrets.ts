import { ExpressionError } from './expression/expression-error.js';
import { parseExpression } from './expression/parser.js';
import { readPaths } from './expression/read-paths.js';
import { hasTemplate, parseTemplate, pureExpression, type TemplatePart } from './expression/template.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.js';
import { pointerSegments, pointerStep } from './json-path.js';
import { redactSecrets } from './parameters/secrets.js';
import { plainPath } from './rule-parameters.js';

type Path = readonly string[];

/**
 * Where a rule's rendered parameters will hold something that came from a secret of its pack's configuration (a field its schema
 * marks `secret`), as JSON pointers. Found out from the templates alone, before any event: what a template may read is written in
 * it, and where its value will stand is where it stands itself. `others` are pointers to what is secret in the configuration
 * whatever the schema says.
 */
export function secretParameterPointers(
  template: Json,
  configSchema: Json,
  config: JsonObject,
  others: readonly string[] = [],
): readonly string[] {
  const bySchema = redactSecrets(configSchema, config).secrets.map(({ pointer }) => pointer);
  const secrets = unique([...bySchema, ...others]).map((pointer) =>
    ['pack', 'config', ...pointerSegments(pointer)].map(normalStep),
  );
  return secrets.length === 0 ? [] : pointersIn(template, '', secrets);
}

function pointersIn(template: Json, pointer: string, secrets: readonly Path[]): readonly string[] {
  if (typeof template === 'string') return hasTemplate(template) ? pointersOf(template, pointer, secrets) : [];
  if (isJsonArray(template)) {
    return template.flatMap((item, index) => pointersIn(item, pointer + pointerStep(index), secrets));
  }
  if (!isJsonObject(template)) return [];
  return Object.entries(template).flatMap(([key, item]) => pointersIn(item, pointer + pointerStep(key), secrets));
}

function pointersOf(text: string, pointer: string, secrets: readonly Path[]): readonly string[] {
  const parts = partsOf(text);
  const pure = pureExpression(parts);
  // With a hyphen in it, it may be a subtraction as well.
  const path = pure === null || pure.includes('-') ? null : plainPath(pure);
  // An object of which only some fields are secret keeps the others.
  if (path !== null) return unique(secrets.flatMap((secret) => overlap(path.map(normalStep), secret, pointer)));
  const sources = parts.flatMap((part) => (part.type === 'expression' ? [part.source] : []));
  const reads = sources.flatMap(pathsOf).map((read) => read.map(normalStep));
  return reads.some((read) => secrets.some((secret) => isPrefix(read, secret) || isPrefix(secret, read)))
    ? [pointer]
    : [];
}

/** Where the secret stands in the value of a path that is put at `pointer`; [] when it does not. */
function overlap(path: Path, secret: Path, pointer: string): readonly string[] {
  if (isPrefix(path, secret)) return [pointer + secret.slice(path.length).map(pointerStep).join('')];
  return isPrefix(secret, path) ? [pointer] : [];
}

/** What cannot be read gives no value, and so no secret. */
function partsOf(text: string): readonly TemplatePart[] {
  return readable(() => parseTemplate(text));
}

/** Of what can be read in two ways both count. */
function pathsOf(source: string): readonly Path[] {
  const path = plainPath(source);
  const asExpression = readable(() => readPaths(parseExpression(source)));
  return path === null ? asExpression : [path, ...asExpression];
}

function readable<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}

/** `00` is position 0 too. */
const normalStep = (step: string): string => (/^\d+$/.test(step) ? String(Number(step)) : step);

function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, index) => step === path[index]);
}

const unique = (pointers: readonly string[]): readonly string[] => [...new Set(pointers)];
