import { bestVersion, canonicalRuntime, isAnyVersion, isSameRuntime } from '@attune/engine';
import { type ExecutionConfig } from './execution-config.js';

/** One way to run a runtime on this machine. */
export interface RuntimeCandidate {
  /** The version it really is; null = unknown. */
  readonly version: string | null;
  readonly isDefault: boolean;
  readonly execution: ExecutionConfig;
}

/** A runtime this machine has; at least one candidate, those of named versions first. */
export interface AvailableRuntime {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly candidates: readonly [RuntimeCandidate, ...RuntimeCandidate[]];
}

/** How to run an action that asks for this runtime; null = no version here satisfies the constraint. */
export function chooseCandidate({ candidates }: AvailableRuntime, constraint: string | null): RuntimeCandidate | null {
  const versions = candidates.flatMap(({ version, isDefault }) => (version === null ? [] : [{ version, isDefault }]));
  const best = bestVersion(versions, constraint);
  if (best !== null) {
    const fitting = candidates.filter(({ version }) => version === best);
    return fitting.find(({ isDefault }) => isDefault) ?? fitting[0] ?? null;
  }
  return isAnyVersion(constraint) ? candidates[0] : null;
}

/** What the worker reports: versions by name. A runtime is listed under its ref's last part and any other name it goes by. */
export function reportedRuntimes(runtimes: readonly AvailableRuntime[]): Record<string, string[]> {
  const report = new Map<string, Set<string>>();
  for (const runtime of runtimes) {
    for (const name of reportedNames(runtime)) {
      const versions = report.get(name) ?? new Set();
      for (const { version } of runtime.candidates) if (version !== null) versions.add(version);
      report.set(name, versions);
    }
  }
  return Object.fromEntries([...report].map(([name, versions]) => [name, [...versions]]));
}

/** One name is enough for names that mean the same to the scheduler. */
function reportedNames({ ref, name, aliases }: AvailableRuntime): string[] {
  const names = [ref.slice(ref.lastIndexOf('.') + 1), name.toLowerCase(), ...aliases];
  return [...new Map(names.toReversed().map((each) => [canonicalRuntime(each), each])).values()];
}

/** Whether an operator's list (empty: everything) names the runtime by its ref, its name or an alias. */
export function isOffered(
  { ref, name, aliases }: Pick<AvailableRuntime, 'ref' | 'name' | 'aliases'>,
  wanted: readonly string[],
): boolean {
  return (
    wanted.length === 0 || wanted.some((entry) => [ref, name, ...aliases].some((own) => isSameRuntime(own, entry)))
  );
}
