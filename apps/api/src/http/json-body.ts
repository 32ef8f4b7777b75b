import { DomainError } from '@attune/common';
import { type AnyOperation, operations } from '@attune/contract';
import { isJsonArray, isJsonObject, type Json } from '@attune/engine';

/**
 * Operations whose free JSON goes on to rules and actions with every digit. Everything else is stored the usual way, which knows
 * no larger numbers than JavaScript does.
 */
const KEEPS_LARGE_NUMBERS: ReadonlySet<AnyOperation> = new Set<AnyOperation>([
  operations.createEvent,
  operations.createEvents,
  operations.executeAction,
]);

/** Sixteen digits, or an exponent: what a double may not hold. Nearly no text has any. */
const SUSPICIOUS = /\d[\d.]{15}|\d[eE][+-]?\d/;

/** The part of ES2026 JSON the type library does not know yet. */
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Stands where a number would have lost digits. */
class LostDigits {
  constructor(readonly source: string) {}
}

/**
 * Reads a JSON body such that no number in it becomes another one: large whole ones are kept as `bigint` where the operation
 * can, and refused otherwise.
 * @throws SyntaxError when it is no JSON
 * @throws DomainError 422 that names the first number that cannot be kept
 */
export function parseJsonBody(text: string, operation: AnyOperation): unknown {
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  const keepsLarge = KEEPS_LARGE_NUMBERS.has(operation);
  const lost: LostDigits[] = [];
  const value = parseWith(text, (_key, item, { source }) => {
    if (typeof item !== 'number' || source === undefined || isExact(source, item)) return item;
    if (keepsLarge && /^-?\d+$/.test(source)) return BigInt(source);
    lost.push(new LostDigits(source));
    return lost.at(-1);
  });
  if (lost.length > 0) throw refusal(value);
  return value;
}

/** Whether the number that was written is the one that would be written back. */
function isExact(source: string, value: number): boolean {
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)) return false;
  return Number.isFinite(value) && decimalOf(source) === decimalOf(String(value));
}

/** One text for each decimal number: its digits without zeros at the ends, and where its point is. */
function decimalOf(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutZerosAtTheEnd(digits);
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** A regular expression would look at each run of zeros again from each of its zeros. */
function withoutZerosAtTheEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

function refusal(body: unknown): DomainError {
  const [path, source] = findLost(body, []) ?? [[], ''];
  const where = path.length === 0 ? 'The body' : path.join('.');
  return new DomainError('request.invalid', `${where}: ${source} has more digits than are kept; send it as text`);
}

function findLost(value: unknown, path: readonly string[]): [readonly string[], string] | undefined {
  if (value instanceof LostDigits) return [path, value.source];
  const json = value as Json;
  const items = isJsonArray(json) ? json.entries() : isJsonObject(json) ? Object.entries(json) : [];
  for (const [key, item] of items) {
    const found = findLost(item, [...path, String(key)]);
    if (found) return found;
  }
  return undefined;
}
