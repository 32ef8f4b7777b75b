import { type z } from 'zod';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** What is wrong with a value, in words that follow its name: `must be a whole number, not text`. */
export function describeIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : describeType(issue.expected, issue.input);
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : describeValues(issue.values.map(String));
    case 'too_small':
      return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty';
    case 'too_big':
      return issue.origin === 'number'
        ? `must be at most ${issue.maximum}`
        : `must not be longer than ${issue.maximum}`;
    case 'unrecognized_keys':
      return 'unknown key';
    default:
      return undefined;
  }
}

function describeType(expected: string, value: unknown): string {
  const wanted = `must be ${EXPECTED[expected] ?? expected}`;
  if (expected === 'int' && typeof value === 'number') return wanted;
  return `${wanted}, not ${kindOf(value)}${hintFor(expected, value)}`;
}

const describeValues = (values: readonly string[]): string =>
  values.length > 2 ? `must be one of ${values.join(', ')}` : `must be ${values.join(' or ')}`;

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'a map';
  }
}

/** YAML reads 1.10 as the number 1.1 and `on` stays text: the usual surprise deserves its remedy. */
function hintFor(expected: string, value: unknown): string {
  return expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')
    ? ' (put it in quotes)'
    : '';
}
