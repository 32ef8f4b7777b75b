import { DomainError, type NewExecution } from '@attune/common';
import { type CreateExecutionRequest, WorkerAffinity, WorkerToleration } from '@attune/contract';
import { z } from 'zod';
import { hasUsableWeights, WEIGHT_PROBLEM } from '../domain/placement.js';

const affinity = WorkerAffinity.refine(hasUsableWeights, WEIGHT_PROBLEM);

const textMap = z.record(z.string(), z.string());

/** `A=B` would be read as a variable `A` by the process. */
const environment = z.record(z.string().regex(/^[^=\0]+$/, 'is no name of a variable'), z.string());

/** Variables for the process, or null. @throws DomainError 400 when they are not texts by name */
export const readEnvironment = (given: CreateExecutionRequest['env_vars']) => read('env_vars', environment, given);

/** Where it may run. Missing: as the action says; empty: anywhere. @throws DomainError 400 for a wrong shape */
export function readPlacement(
  body: CreateExecutionRequest,
): Pick<NewExecution, 'worker_selector' | 'worker_tolerations' | 'worker_affinity'> {
  return {
    worker_selector: read('worker_selector', textMap, body.worker_selector),
    worker_tolerations: read('worker_tolerations', z.array(storable(WorkerToleration)), body.worker_tolerations),
    worker_affinity: read('worker_affinity', storable(affinity), body.worker_affinity),
  };
}

/** What the schema accepts, as it was given: defaults are filled in by whoever reads it. */
const storable = (schema: z.ZodType) =>
  z.custom<Readonly<Record<string, never>>>((given) => schema.safeParse(given).success, 'has the wrong shape');

function read<T>(field: string, schema: z.ZodType<T>, given: unknown): T | null {
  if (given === undefined || given === null) return null;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => [field, ...path].join('.') + `: ${message}`);
  throw new DomainError('execution.bad_request', reasons.join('; '));
}
