import { DomainError } from '@attune/common';

export type ComponentType =
  'pack' | 'permission_set' | 'runtime' | 'trigger' | 'action' | 'queue' | 'rule' | 'sensor' | 'policy' | 'workflow';

/** Something wrong with one file of a pack, as precise as it can be told. Goes to the caller as it is. */
export interface PackProblem {
  /** Path inside the pack, with `/`. */
  readonly file: string;
  /** Counted from 1; null when the problem has no place in the file (it is missing, or cannot be read). */
  readonly line: number | null;
  readonly component_type: ComponentType;
  /** What the file is about, as far as it says so. */
  readonly ref: string | null;
  /** Dotted path of the value, such as `parameters.url.type`; null when the whole file is meant. */
  readonly key: string | null;
  readonly error: string;
}

/** A pack that was not loaded. `problems` holds everything that is wrong with it, not just the first thing. */
export class PackLoadError extends DomainError {
  constructor(
    readonly packRef: string | null,
    readonly problems: readonly PackProblem[],
  ) {
    const name = packRef === null ? 'The pack' : `Pack '${packRef}'`;
    super('pack.bad_request', `${name} was not loaded: ${problems.map(problemText).join('; ')}`, { problems });
  }
}

/** One line for a person: `actions/echo.yaml:3 runner_type: unknown runtime 'perl7'`. */
export function problemText({ file, line, key, error }: PackProblem): string {
  const place = line === null ? file : `${file}:${line}`;
  return key === null ? `${place}: ${error}` : `${place} ${key}: ${error}`;
}
