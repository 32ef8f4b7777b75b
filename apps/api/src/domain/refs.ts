import { DomainError } from '@attune/common';
import { type RefKind, refProblem } from '@attune/engine';

/** @throws DomainError 400 for a character no ref may hold, 422 for a wrong form */
export function requireRef(kind: RefKind, ref: string): void {
  const problem = refProblem(kind, ref);
  if (!problem) return;
  throw new DomainError(
    problem.type === 'characters' ? 'request.bad_request' : 'request.unprocessable',
    problem.message,
  );
}
