import { isJsonArray, isJsonObject, type Json, parseJson as parseText } from '@attune/engine';
import { parse } from 'yaml';
import { type CapturedText } from './bounded-capture.js';
import { storableJson } from './storable-json.js';

export type OutputFormat = 'text' | 'json' | 'yaml' | 'jsonl';

/** `data` is null when the output itself is `null`; absent when there is nothing to parse. */
export type ParsedOutput =
  | { readonly type: 'none' }
  | { readonly type: 'data'; readonly data: Json }
  | { readonly type: 'unparsable'; readonly error: string };

/** Reads what a successful action printed. Empty output has no data and is no error. */
export function parseOutput(stdout: CapturedText, format: OutputFormat): ParsedOutput {
  if (format === 'text' || stdout.text.trim() === '') return { type: 'none' };
  if (stdout.truncatedBytes > 0 && format !== 'jsonl')
    return { type: 'unparsable', error: 'the output exceeded its size limit' };
  try {
    return { type: 'data', data: storableJson(parsers[format](stdout.text)) };
  } catch (error) {
    // Every parser reports bad input by an exception; there is no other kind of failure in here.
    const reason = (error as Error).message;
    return { type: 'unparsable', error: `not valid ${format}: ${reason.split('\n', 1)[0] ?? ''}` };
  }
}

const parsers: Record<Exclude<OutputFormat, 'text'>, (text: string) => Json> = {
  json: parseJson,
  yaml: (text) => withNumbers(parse(text, { intAsBigInt: true }) as Json),
  jsonl: parseLines,
};

/** The YAML reader gives whole numbers exactly only when it gives all of them as `bigint`. */
function withNumbers(value: Json): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (isJsonArray(value)) return value.map(withNumbers);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item)]));
}

function parseJson(text: string): Json {
  try {
    return parseText(text);
  } catch (error) {
    const last = lastLine(text);
    if (last === text.trim()) throw error;
    return parseText(last);
  }
}

function parseLines(text: string): Json {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.flatMap((line) => {
    try {
      return [parseText(line)];
    } catch {
      return [];
    }
  });
  if (values.length === 0) throw new Error('no line is JSON');
  return values;
}

/** The last line with something in it, trimmed; empty when there is none. */
export function lastLine(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1).trim();
}
