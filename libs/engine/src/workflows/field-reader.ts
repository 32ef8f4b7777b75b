import { getOwn, isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.js';
import { type WorkflowProblem } from './workflow-definition.js';

type Path = WorkflowProblem['path'];

/** Where everything that is found goes. */
export interface Findings {
  readonly problems: WorkflowProblem[];
  readonly warnings: WorkflowProblem[];
}

/**
 * Reads the fields of one map, notes what is wrong with them and goes on: a field that cannot be read is as good as missing. An
 * absent key and null are the same.
 */
export class FieldReader {
  private readonly known = new Set<string>();

  constructor(
    private readonly value: JsonObject,
    readonly path: Path,
    readonly findings: Findings,
  ) {}

  at(key: string, ...rest: Path): Path {
    return [...this.path, key, ...rest];
  }

  problem(key: string | null, message: string): void {
    this.findings.problems.push({ path: key === null ? this.path : this.at(key), message });
  }

  warning(key: string, message: string): void {
    this.findings.warnings.push({ path: this.at(key), message });
  }

  /** The value as it stands; undefined: there is none. */
  raw(key: string): Json | undefined {
    this.known.add(key);
    return getOwn(this.value, key) ?? undefined;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  /** Whether the key is there at all, be it with null. */
  isGiven(key: string): boolean {
    this.known.add(key);
    return Object.hasOwn(this.value, key);
  }

  /** A reader of the map at `key`, which must be one. */
  inside(key: string): FieldReader {
    return new FieldReader(this.map(key) ?? {}, this.at(key), this.findings);
  }

  text(key: string, limits: { max?: number } = {}): string | null {
    const value = this.raw(key);
    if (value === undefined) return null;
    if (typeof value !== 'string') return this.refuse(key, `must be text, not ${kindOf(value)}${hintFor(value)}`);
    if (value.trim() === '') return this.refuse(key, 'must not be empty');
    if (limits.max !== undefined && value.length > limits.max) {
      return this.refuse(key, `must not be longer than ${limits.max} characters`);
    }
    return value;
  }

  whole(key: string, { min, max }: { min: number; max?: number }): number | null {
    const value = this.raw(key);
    if (value === undefined) return null;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      return this.refuse(key, `must be a whole number, not ${kindOf(value)}`);
    }
    return this.within(key, value, min, max);
  }

  /** A number of seconds, fractions allowed. */
  seconds(key: string): number | null {
    const value = this.raw(key);
    if (value === undefined) return null;
    if (typeof value !== 'number') return this.refuse(key, `must be a number of seconds, not ${kindOf(value)}`);
    return this.within(key, value, 0);
  }

  oneOf<const T extends string>(key: string, values: readonly T[], otherwise: T): T {
    const value = this.raw(key);
    if (value === undefined) return otherwise;
    const known = values.find((one) => one === value);
    if (known === undefined) this.problem(key, `must be ${values.join(' or ')}`);
    return known ?? otherwise;
  }

  map(key: string): JsonObject | null {
    const value = this.raw(key);
    if (value === undefined) return null;
    return isJsonObject(value) ? value : this.refuse(key, `must be a map, not ${kindOf(value)}`);
  }

  list(key: string): readonly Json[] | null {
    const value = this.raw(key);
    if (value === undefined) return null;
    return isJsonArray(value) ? value : this.refuse(key, `must be a list, not ${kindOf(value)}`);
  }

  /** A list of maps; what is no map is noted and left out. */
  maps(key: string): readonly FieldReader[] {
    return (this.list(key) ?? []).flatMap((item, index) => {
      if (isJsonObject(item)) return [new FieldReader(item, this.at(key, index), this.findings)];
      this.findings.problems.push({ path: this.at(key, index), message: `must be a map, not ${kindOf(item)}` });
      return [];
    });
  }

  /** One text or a list of them. */
  texts(key: string): readonly string[] | null {
    const value = this.raw(key);
    if (value === undefined) return null;
    const items = isJsonArray(value) ? value : [value];
    return items.flatMap((item, index) => {
      if (typeof item === 'string' && item.trim() !== '') return [item];
      const path = isJsonArray(value) ? this.at(key, index) : this.at(key);
      this.findings.problems.push({ path, message: `must be text, not ${kindOf(item)}` });
      return [];
    });
  }

  /** Notes every key nobody asked for. Call it last. */
  warnAboutUnknownKeys(): void {
    for (const key of Object.keys(this.value)) if (!this.known.has(key)) this.warning(key, 'unknown key, ignored');
  }

  private within(key: string, value: number, min: number, max?: number): number | null {
    if (value < min) return this.refuse(key, `must be at least ${min}`);
    if (max !== undefined && value > max) return this.refuse(key, `must be at most ${max}`);
    return value;
  }

  private refuse(key: string, message: string): null {
    this.problem(key, message);
    return null;
  }
}

export function kindOf(value: Json): string {
  if (value === null) return 'empty';
  if (isJsonArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return value.trim() === '' ? 'empty text' : 'text';
    case 'boolean':
      return 'true or false';
    case 'object':
      return 'a map';
    default:
      return 'a number';
  }
}

/** YAML reads 1.10 as the number 1.1: the usual surprise deserves its remedy. */
const hintFor = (value: Json): string =>
  typeof value === 'number' || typeof value === 'boolean' ? ' (put it in quotes)' : '';
