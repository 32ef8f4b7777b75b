import { DomainError, type ErrorSubject } from '@attune/common';

/** What was looked for. @throws DomainError not_found when there is no such thing */
export function found<T>(subject: ErrorSubject, name: string | number, row: T | null): T {
  if (row === null) throw new DomainError(`${subject}.not_found`, `There is no ${subject} ${name}`);
  return row;
}
