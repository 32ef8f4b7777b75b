import { RE2JS } from 're2js';
import { BoundedCache } from './bounded-cache.js';

/** A regular expression of our users could otherwise be as long as a payload. */
const MAX_PATTERN_LENGTH = 16 * 1024;

const compiled = new BoundedCache<RE2JS>(500);

/**
 * Unanchored test in time linear in the text: no look-around, no back-references, so no pattern can hang a service.
 *
 * @throws Error with a readable message when the pattern is not of that kind
 */
export function testPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern).matcher(text).find();
}

/** What is wrong with a pattern, or null when it can be used. */
export function patternProblem(pattern: string): string | null {
  try {
    compilePattern(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function compilePattern(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN_LENGTH) throw new Error('the regular expression is longer than 16 KiB');
  return compiled.getOrMake(pattern, (text) => {
    try {
      return RE2JS.compile(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
      throw new Error(`invalid regular expression: ${reason}`, { cause: error });
    }
  });
}
