import { type Json, type JsonObject, compareText, isJsonObject, stringifyJson } from '@attune/engine';
import { stringify } from 'yaml';

export type ParameterFormat = 'json' | 'dotenv' | 'yaml';

/** The parameters as an action reads them, without a line break at the end. */
export function formatParameters(parameters: JsonObject, format: ParameterFormat): string {
  switch (format) {
    case 'json':
      return stringifyJson(parameters);
    case 'dotenv':
      return dotenvPairs(parameters, '').sort(byKey).map(assignment).join('\n');
    case 'yaml':
      return stringify(parameters, { lineWidth: 0 }).trimEnd();
  }
}

/** One parameter value in a shell: text as it is, null empty, everything structured as JSON. */
export function shellValue(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}

/** A text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

type Pair = readonly [key: string, value: string];

function dotenvPairs(parameters: JsonObject, prefix: string): Pair[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const key = prefix + name;
    const isNested = isJsonObject(value) && Object.keys(value).length > 0;
    return isNested ? dotenvPairs(value, `${key}.`) : [[key, shellValue(value)] as const];
  });
}

function assignment([key, value]: Pair): string {
  return `${key}=${shellQuote(value)}`;
}

function byKey([left]: Pair, [right]: Pair): number {
  return compareText(left, right);
}
