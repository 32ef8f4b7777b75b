import { isRef, versionConstraintProblem } from '@attune/engine';
import { z } from 'zod';

/** A pack that another one needs. */
export interface PackDependencySpec {
  readonly ref: string;
  /** As `satisfiesVersion` reads it; `*`: any version. */
  readonly versions: string;
}

/** Reads `demo`, `demo@1.2.0` (exactly that) and `demo>=1.0,<2`; null: it is none of these. */
export function readPackDependency(text: string): PackDependencySpec | null {
  const [, ref = '', rest = ''] = /^([A-Za-z0-9_-]+)\s*(.*)$/.exec(text.trim()) ?? [];
  if (!isRef('pack', ref)) return null;
  const versions = rest === '' ? '*' : rest.replace(/^@\s*(?=v?\d)/, '=').replace(/^@\s*/, '');
  return versionConstraintProblem(versions) === null ? { ref, versions } : null;
}

export const packDependency = z
  .string()
  .refine((text) => readPackDependency(text) !== null, "must be a pack such as demo, demo@1.2.0 or 'demo>=1.0'");
