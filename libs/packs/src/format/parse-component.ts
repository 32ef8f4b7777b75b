import { packOf, qualifyRef, refProblem } from '@attune/engine';
import { type z } from 'zod';
import { type PackProblem } from '../problem.js';
import { type ComponentFormat } from './component-format.js';
import { describeIssue } from './describe-issue.js';
import { type PackFile } from './pack-files.js';
import { parseYaml, type ValuePath, type YamlDocument } from './yaml-document.js';

/** A component that was understood, with the way back to its lines. */
export interface Component<Spec> {
  readonly ref: string;
  readonly spec: Spec;
  /** Keys that ask for something this version cannot do yet; each is among the warnings. */
  readonly notYet: readonly string[];
  /** A problem of this component found later, at the value at `path`. */
  readonly problemAt: (path: ValuePath, error: string) => PackProblem;
}

/** What came of one file. Without a component its ref, if it has one, is still known: such a row is not removed. */
export interface ParsedFile<Spec> {
  readonly ref: string | null;
  readonly component: Component<Spec> | null;
  readonly problems: readonly PackProblem[];
  readonly warnings: readonly PackProblem[];
}

export interface ParseOptions {
  /** The pack the file belongs to; null while its manifest is read. */
  readonly pack: string | null;
  /** A ref without a dot is completed with the pack. */
  readonly shortRefs?: boolean;
  /** A file without a ref is left out with a warning; otherwise that is a problem. */
  readonly mayLackRef?: boolean;
}

export const NOT_YET = 'not supported by this version yet';

export function parseComponent<Shape extends z.ZodRawShape, Spec>(
  format: ComponentFormat<Shape, Spec>,
  file: PackFile,
  options: ParseOptions,
): ParsedFile<Spec> {
  const document = parseYaml(file.text);
  const broken = (line: number, error: string): PackProblem => ({
    file: file.path,
    line,
    component_type: format.type,
    ref: null,
    key: null,
    error,
  });
  if (document.problems.length > 0) {
    return failed(
      null,
      document.problems.map(({ line, error }) => broken(line, error)),
    );
  }
  if (!isMap(document.value)) return failed(null, [broken(1, 'must be a map of keys and values')]);
  const raw = withoutNulls(document.value);
  if (raw['ref'] === undefined && options.mayLackRef === true) {
    return { ...failed(null, []), warnings: [broken(1, 'has no ref and was left out')] };
  }
  const ref = completeRef(raw['ref'], options);
  const problemAt = locate(file, format.type, ref, document);
  const warnings = Object.keys(raw)
    .filter((key) => format.rejectsUnknown !== true && !(key in format.file.shape))
    .map((key) => problemAt([key], 'unknown key, ignored'));
  const refError = ref === null ? null : checkRef(format.type, ref, options.pack);
  const parsed = format.file.safeParse(raw, { error: describeIssue });
  const problems = [
    ...(refError === null ? [] : [problemAt(['ref'], refError)]),
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, problemAt)),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (!parsed.success || ref === null || problems.length > 0) return { ref, component: null, problems, warnings };
  const notYet = format.notYet?.(parsed.data) ?? [];
  warnings.push(...notYet.map((key) => problemAt([key], NOT_YET)));
  return { ref, component: { ref, spec: format.build(parsed.data, ref), notYet, problemAt }, problems, warnings };
}

const failed = (ref: string | null, problems: readonly PackProblem[]): ParsedFile<never> => ({
  ref,
  component: null,
  problems,
  warnings: [],
});

/** The text of the file's ref, complete; null when it is missing or no text, which the schema reports. */
function completeRef(ref: unknown, { pack, shortRefs = false }: ParseOptions): string | null {
  if (typeof ref !== 'string' || ref === '') return null;
  return shortRefs && pack !== null ? qualifyRef(pack, ref) : ref;
}

function checkRef(type: PackProblem['component_type'], ref: string, pack: string | null): string | null {
  const problem = refProblem(type, ref);
  if (problem) return problem.message;
  // The ref of a queue begins with any word.
  return type !== 'queue' && pack !== null && packOf(ref) !== pack
    ? `belongs to pack '${packOf(ref)}', not to '${pack}'`
    : null;
}

function locate(
  file: PackFile,
  component_type: PackProblem['component_type'],
  ref: string | null,
  document: YamlDocument,
): Component<unknown>['problemAt'] {
  return (path, error) => ({
    file: file.path,
    line: document.lineOf(path),
    component_type,
    ref,
    key: path.length === 0 ? null : path.join('.'),
    error,
  });
}

/** An issue about unknown keys names several; each is its own problem with its own line. */
function problemsOf(issue: z.core.$ZodIssue, problemAt: Component<unknown>['problemAt']): PackProblem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
  return paths.map((at) => problemAt(at, issue.message));
}

/** A key without a value means the same as no key. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
