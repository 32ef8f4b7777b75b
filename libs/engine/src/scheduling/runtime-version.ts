import semver from 'semver';

/** A version a runtime offers. */
export interface AvailableVersion {
  readonly version: string;
  readonly isDefault: boolean;
}

type Comparator = (version: string) => boolean;

/** Names that mean the same runtime, the canonical one first. */
export const RUNTIME_ALIASES: readonly (readonly string[])[] = [
  ['node', 'nodejs', 'node.js'],
  ['python', 'python3'],
  ['shell', 'bash', 'sh'],
  ['native', 'builtin', 'standalone'],
  ['ruby', 'rb'],
  ['go', 'golang'],
  ['java', 'jdk', 'openjdk'],
  ['perl', 'perl5'],
  ['r', 'rscript'],
];

const CANONICAL: ReadonlyMap<string, string> = new Map(
  RUNTIME_ALIASES.flatMap((group) => group.map((name) => [name, group[0] ?? name])),
);

/** One name for all the names of a runtime, lower case; a ref (`core.python`) counts by its last part. */
export function canonicalRuntime(name: string): string {
  const text = name.trim().toLowerCase();
  const known = CANONICAL.get(text);
  if (known !== undefined) return known;
  const last = text.slice(text.lastIndexOf('.') + 1);
  return CANONICAL.get(last) ?? last;
}

export function isSameRuntime(a: string, b: string): boolean {
  return canonicalRuntime(a) === canonicalRuntime(b);
}

/** Why a version constraint cannot be read, or null. */
export function versionConstraintProblem(constraint: string): string | null {
  return parseConstraint(constraint) === null
    ? `'${constraint}' is no version constraint; write parts such as >=3.11, <4, ~3.12, ^20 or =1.2.3 joined by commas`
    : null;
}

/** Whether a version satisfies every part of a constraint. What cannot be read satisfies nothing. */
export function satisfiesVersion(version: string, constraint: string): boolean {
  const normal = normalVersion(version);
  const parts = parseConstraint(constraint);
  return normal !== null && parts !== null && parts.every((part) => part(normal));
}

/**
 * The version to use: the highest that satisfies the constraint; without one (null, empty, `*`) the default, else the highest.
 * Null when none will do.
 */
export function bestVersion(available: readonly AvailableVersion[], constraint: string | null): string | null {
  if (isAnyVersion(constraint)) {
    const preferred = available.find(({ isDefault }) => isDefault);
    if (preferred) return preferred.version;
  }
  const fitting = available.filter(({ version }) => isAnyVersion(constraint) || satisfiesVersion(version, constraint));
  return fitting.map(({ version }) => version).toSorted(compareVersions)[0] ?? null;
}

/** Whether a constraint asks for nothing. */
export function isAnyVersion(constraint: string | null): constraint is null {
  return constraint === null || constraint.trim() === '' || constraint.trim() === '*';
}

/** Highest first; what is no version comes last. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [normalVersion(a), normalVersion(b)];
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return semver.rcompare(left, right);
}

const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-.+]?([0-9A-Za-z][0-9A-Za-z.-]*))?$/;

/** `3.12` → `3.12.0`, `3.13.0rc1` → `3.13.0-rc1`; null when it is no version. */
function normalVersion(text: string): string | null {
  const match = VERSION.exec(text.trim());
  if (match === null) return null;
  const [, major, minor = '0', patch = '0', rest] = match;
  const isBuild = text.includes('+') || rest === undefined;
  return semver.valid(`${major ?? ''}.${minor}.${patch}${isBuild ? '' : `-${rest}`}`);
}

const PART = /^(=|==|>=|<=|>|<|~|\^)?\s*(v?\d+(?:\.\d+){0,2}[0-9A-Za-z.+-]*)$/;

/** Null when any part cannot be read. */
function parseConstraint(constraint: string): readonly Comparator[] | null {
  if (isAnyVersion(constraint)) return [];
  const parts = constraint.split(',').map((part) => comparatorOf(part.trim()));
  return parts.every((part) => part !== null) ? parts : null;
}

function comparatorOf(part: string): Comparator | null {
  if (part === '*') return () => true;
  const match = PART.exec(part);
  const [, operator = '~', text = ''] = match ?? [];
  const bound = normalVersion(text);
  if (match === null || bound === null) return null;
  switch (operator) {
    case '>=':
      return (version) => semver.gte(version, bound);
    case '>':
      return (version) => semver.gt(version, bound);
    case '<=':
      return (version) => semver.lte(version, bound);
    case '<':
      return (version) => semver.lt(version, floorOf(bound));
    case '~':
      return between(bound, tildeEnd(bound, text));
    case '^':
      return between(bound, caretEnd(bound));
    default:
      return (version) => semver.eq(version, bound);
  }
}

function between(from: string, end: string): Comparator {
  return (version) => semver.gte(version, from) && semver.lt(version, end);
}

/** The lowest pre-release of a version: `<3.13` does not take in 3.13.0-rc1. */
function floorOf(version: string): string {
  return version.includes('-') ? version : `${version}-0`;
}

/** `~3.12` and `~3.12.4` stay inside 3.12; `~3` has no minor to hold on to and stays inside 3. */
function tildeEnd(bound: string, text: string): string {
  const { major, minor } = new semver.SemVer(bound);
  return text.includes('.') ? `${major}.${minor + 1}.0-0` : `${major + 1}.0.0-0`;
}

/** Up to the next change of the leftmost number that is not 0. */
function caretEnd(bound: string): string {
  const { major, minor, patch } = new semver.SemVer(bound);
  if (major > 0) return `${major + 1}.0.0-0`;
  return minor > 0 ? `0.${minor + 1}.0-0` : `0.0.${patch + 1}-0`;
}
