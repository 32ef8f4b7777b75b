/** Longest expression, in characters of its text. */
export const MAX_EXPRESSION_LENGTH = 16 * 1024;

/** Deepest nesting of parentheses, brackets, calls and prefix operators. */
export const MAX_NESTING = 64;

/** Largest rendered value, in characters of its compact JSON text. */
export const MAX_RENDERED_LENGTH = 10 * 1024 * 1024;

/** Most elements `range()` makes. */
export const MAX_RANGE_LENGTH = 100_000;

/** Most elements of any array an operator builds: each takes at least two characters of the rendered value. */
export const MAX_ARRAY_LENGTH = MAX_RENDERED_LENGTH / 2;
