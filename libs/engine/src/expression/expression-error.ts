/** An expression or template that cannot be read or evaluated. The message is written for the author of the expression. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}
