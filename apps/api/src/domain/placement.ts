import { DomainError } from '@attune/common';
import { type WorkerAffinity } from '@attune/contract';
import { versionConstraintProblem } from '@attune/engine';

const MAX_WEIGHT = 100;

/** Version constraints that can be read, by the field they stand in; missing: any version. @throws DomainError 400 */
export function requireVersionConstraints(constraints: Readonly<Record<string, string | undefined>>): void {
  for (const [field, constraint] of Object.entries(constraints)) {
    const problem = constraint === undefined ? null : versionConstraintProblem(constraint);
    if (problem !== null) throw new DomainError('action.bad_request', `${field}: ${problem}`);
  }
}

/** Whether every preference weighs as much as it may. */
export function hasUsableWeights({ preferred }: Pick<WorkerAffinity, 'preferred'>): boolean {
  return preferred.every(({ weight }) => weight >= 1 && weight <= MAX_WEIGHT);
}

export const WEIGHT_PROBLEM = `weight must be between 1 and ${MAX_WEIGHT}`;
