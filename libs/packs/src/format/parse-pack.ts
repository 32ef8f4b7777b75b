import { conditionProblems, isRef, qualifyRef } from '@attune/engine';
import { type z } from 'zod';
import { type ComponentType, type PackProblem } from '../problem.js';
import { actionFormat, type ActionSpec } from './action.format.js';
import { type ComponentFormat } from './component-format.js';
import { manifestFormat, type ManifestSpec } from './manifest.format.js';
import { COMPONENT_DIRECTORIES, MANIFEST, type PackFile, type PackFiles } from './pack-files.js';
import { type Component, NOT_YET, parseComponent, type ParsedFile, type ParseOptions } from './parse-component.js';
import { permissionSetFormat, type PermissionSetSpec } from './permission-set.format.js';
import { policyFormat, type PolicySpec } from './policy.format.js';
import { queueFormat } from './queue.format.js';
import { ruleFormat, type RuleSpec } from './rule.format.js';
import { runtimeFormat, type RuntimeSpec } from './runtime.format.js';
import { triggerFormat, type TriggerSpec } from './trigger.format.js';

/** A pack as its files describe it: every component that could be understood. */
export interface ParsedPack {
  readonly manifest: ManifestSpec;
  readonly permissionSets: readonly Component<PermissionSetSpec>[];
  readonly runtimes: readonly Component<RuntimeSpec>[];
  readonly triggers: readonly Component<TriggerSpec>[];
  readonly actions: readonly Component<ActionSpec>[];
  readonly rules: readonly Component<RuleSpec>[];
  readonly policies: readonly Component<PolicySpec>[];
  /** Refs of all files by type, also of those that are not loaded: what is in here is not removed from the database. */
  readonly declared: ReadonlyMap<ComponentType, ReadonlySet<string>>;
}

export interface PackReading {
  /** null when the manifest could not be understood, so that nobody knows whose files these are. */
  readonly pack: ParsedPack | null;
  /** Everything that keeps the pack from being loaded. */
  readonly problems: readonly PackProblem[];
  /** What is loaded otherwise than its author may think, or not at all. */
  readonly warnings: readonly PackProblem[];
}

/** Understands the files of one pack. Pure; never throws, and never stops at the first problem. */
export function parsePack({ files, entryPoints }: PackFiles): PackReading {
  const problems: PackProblem[] = [];
  const warnings: PackProblem[] = [];
  const declared = new Map<ComponentType, Set<string>>();

  const read = <Shape extends z.ZodRawShape, Spec>(
    format: ComponentFormat<Shape, Spec>,
    file: PackFile,
    options: ParseOptions,
  ): Component<Spec>[] => {
    const parsed = parseComponent(format, file, options);
    problems.push(...parsed.problems);
    warnings.push(...parsed.warnings);
    if (parsed.ref === null) return [];
    const refs = declared.get(format.type) ?? new Set();
    if (refs.has(parsed.ref)) problems.push(...repeated(parsed));
    declared.set(format.type, refs.add(parsed.ref));
    return parsed.component ? [parsed.component] : [];
  };
  const readAll = <Shape extends z.ZodRawShape, Spec>(
    format: ComponentFormat<Shape, Spec>,
    options: ParseOptions,
  ): Component<Spec>[] => componentFiles(files, format.type).flatMap((file) => read(format, file, options));

  const manifestFile = files.find(({ path }) => path === MANIFEST);
  if (!manifestFile) return { pack: null, problems: [missingManifest()], warnings };
  const [manifest] = read(manifestFormat, manifestFile, { pack: null });
  // The other files are read even so: their problems belong on the list too, as far as they can be told.
  const [ref = null] = manifest ? [manifest.ref] : (declared.get('pack') ?? []);
  const options = { pack: ref !== null && isRef('pack', ref) ? ref : null };
  const actions = readAll(actionFormat, { ...options, mayLackRef: true }).filter(({ notYet }) => notYet.length === 0);
  const rules = readAll(ruleFormat, { ...options, shortRefs: true }).map((rule) => completeRefs(rule, options.pack));
  readAll(queueFormat, options); // checked only
  warnings.push(...actions.flatMap((action) => entryPointWarnings(action, entryPoints)));
  warnings.push(...rules.flatMap(conditionWarnings), ...filesNotYet(files));
  const components = {
    permissionSets: readAll(permissionSetFormat, options),
    runtimes: readAll(runtimeFormat, options),
    triggers: readAll(triggerFormat, options),
    actions,
    rules,
    policies: readAll(policyFormat, options),
  };
  return { pack: manifest ? { manifest: manifest.spec, ...components, declared } : null, problems, warnings };
}

function componentFiles(files: readonly PackFile[], type: ComponentType): PackFile[] {
  const [directory] = COMPONENT_DIRECTORIES.find((one) => one[1] === type) ?? [];
  return files.filter(({ path }) => path.slice(0, path.lastIndexOf('/')) === directory);
}

/** Whoever of two files with one ref was meant, loading either would be a guess. */
function repeated({ component }: ParsedFile<unknown>): PackProblem[] {
  return component ? [component.problemAt(['ref'], 'another file of the pack has this ref already')] : [];
}

function completeRefs(rule: Component<RuleSpec>, pack: string | null): Component<RuleSpec> {
  if (pack === null) return rule;
  const { trigger_ref, action_ref } = rule.spec;
  return {
    ...rule,
    spec: { ...rule.spec, trigger_ref: qualifyRef(pack, trigger_ref), action_ref: qualifyRef(pack, action_ref) },
  };
}

/** An action whose file is not there loads, since builds may put it in place later, but it cannot run as it is. */
function entryPointWarnings(action: Component<ActionSpec>, entryPoints: PackFiles['entryPoints']): PackProblem[] {
  const { entrypoint, runtime } = action.spec;
  if (entrypoint === '') return [action.problemAt(['entry_point'], 'is missing: the action has nothing to run')];
  const file = entryPoints.get(entrypoint);
  if (!file) return [action.problemAt(['entry_point'], `no file actions/${entrypoint} in the pack`)];
  return runtime.name === NATIVE && !file.executable
    ? [action.problemAt(['entry_point'], `actions/${entrypoint} is not executable`)]
    : [];
}

const NATIVE = 'core.native';

/** Conditions of a form that says nothing are kept, but such a rule never matches. */
function conditionWarnings(rule: Component<RuleSpec>): PackProblem[] {
  return conditionProblems(rule.spec.conditions)
    .filter(({ type }) => type === 'shape')
    .map(({ message }) => rule.problemAt(['conditions'], `never matches: ${message}`));
}

function filesNotYet(files: readonly PackFile[]): PackProblem[] {
  const directories = COMPONENT_DIRECTORIES.filter(([, , since]) => since === 'later');
  return directories.flatMap(([directory, component_type]) =>
    files
      .filter(({ path }) => path.slice(0, path.lastIndexOf('/')) === directory)
      .map(({ path: file }) => ({ file, line: null, component_type, ref: null, key: null, error: NOT_YET })),
  );
}

const missingManifest = (): PackProblem => ({
  file: MANIFEST,
  line: null,
  component_type: 'pack',
  ref: null,
  key: null,
  error: 'the pack has no pack.yaml',
});
