import { DomainError } from '@attune/common';
import { type WorkerAffinity, type WorkerToleration } from '@attune/contract';
import { type JsonObject, versionConstraintProblem } from '@attune/engine';
import { asStored } from './wire.js';

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

/** The parts of placement that are more than a map of texts. */
interface GivenPlacement {
  readonly worker_tolerations?: readonly WorkerToleration[] | undefined;
  readonly worker_affinity?: WorkerAffinity | undefined;
}

/** The same as they are stored; those that were not given are left out. @throws DomainError 400 */
export function placementOf({ worker_tolerations: tolerations, worker_affinity: affinity }: GivenPlacement): {
  worker_tolerations?: readonly JsonObject[];
  worker_affinity?: JsonObject;
} {
  if (affinity && !hasUsableWeights(affinity)) {
    throw new DomainError('action.bad_request', `worker_affinity: ${WEIGHT_PROBLEM}`);
  }
  return {
    ...(tolerations && { worker_tolerations: tolerations.map(asStored) }),
    ...(affinity && { worker_affinity: asStored(withoutEmptyLists(affinity)) }),
  };
}

const withoutEmptyLists = (affinity: WorkerAffinity): object =>
  Object.fromEntries(Object.entries(affinity).filter(([, terms]) => terms.length > 0));
