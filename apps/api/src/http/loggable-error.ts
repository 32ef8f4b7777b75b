import { constraintOf, sqlStateOf } from '@attune/common';
import { QueryFailedError } from 'typeorm';

/** What a log may say about an error: of a failed statement its text, but neither its values nor the row it is about. */
export function loggableError(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return error;
  const { name, message, stack, query } = error;
  return { type: name, message, stack, query, code: sqlStateOf(error), constraint: constraintOf(error) };
}
