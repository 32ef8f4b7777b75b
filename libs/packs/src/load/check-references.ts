import { canonicalRuntime, type Json, validateParameterTemplates } from '@attune/engine';
import { type ActionSpec } from '../format/action.format.js';
import { type ParsedPack } from '../format/parse-pack.js';
import { type Component } from '../format/parse-component.js';
import { type RuleSpec } from '../format/rule.format.js';
import { type PackProblem } from '../problem.js';
import { type StoredComponent, type StoredRuntime } from './sql/find-related.sql.js';
import { type ActionRow } from './sql/upsert-actions.sql.js';

/** What the database knows about the refs a pack brings and names. */
export interface StoredFacts {
  readonly components: readonly StoredComponent[];
  readonly runtimes: readonly StoredRuntime[];
}

export interface CheckedPack {
  readonly actions: readonly ActionRow[];
  /** Those whose trigger and action exist. */
  readonly rules: readonly RuleSpec[];
  readonly problems: readonly PackProblem[];
  readonly warnings: readonly PackProblem[];
}

/** Refs that name no row but a rule of the platform: the action's own keys and artifacts. */
const STANDARD_ACCESS = 'standard';

/** Every ref the rows of a pack bring or name, to be looked up in one go. */
export function refsOf(pack: ParsedPack): string[] {
  const named = [
    ...pack.actions.flatMap(({ spec }) => spec.default_execution_permission_set_refs),
    ...pack.rules.flatMap(({ spec }) => [spec.trigger_ref, spec.action_ref, ...(spec.permission_set_refs ?? [])]),
    ...pack.policies.flatMap(({ spec }) => spec.action_ref ?? []),
  ];
  return [...new Set([...componentsOf(pack).map(({ ref }) => ref), ...named])];
}

/** Decides what of a pack can be written, given what is stored. Pure. */
export function checkReferences(pack: ParsedPack, facts: StoredFacts): CheckedPack {
  const problems: PackProblem[] = [];
  const warnings: PackProblem[] = [];
  for (const component of componentsOf(pack)) {
    const owned = ownershipProblem(pack, component, facts);
    if (owned) (owned.severity === 'problem' ? problems : warnings).push(owned.problem);
  }
  const actions = pack.actions.flatMap((action) => {
    const runtime = resolveRuntime(pack, action.spec, facts.runtimes);
    if (runtime === null) problems.push(unresolvedRuntime(action));
    else if (!canRun(runtime, action.spec)) problems.push(noFunctions(action, runtime));
    return runtime === null ? [] : [toRow(action.spec, runtime.ref)];
  });
  const exists = knownRefs(pack, facts);
  const rules = pack.rules.filter((rule) => {
    const missing = missingOf(rule, exists);
    warnings.push(...missing);
    return missing.length === 0;
  });
  warnings.push(...rules.flatMap((rule) => parameterWarnings(rule, pack, facts)));
  warnings.push(...unknownPermissionSets(pack, exists), ...unknownPolicyActions(pack, exists));
  return { actions, rules: rules.map(({ spec }) => spec), problems, warnings };
}

interface Owned {
  readonly severity: 'problem' | 'warning';
  readonly problem: PackProblem;
}

/** The prefix of a ref says whose it is, but rows made over the API need not keep to that. */
function ownershipProblem(pack: ParsedPack, component: TypedComponent, facts: StoredFacts): Owned | null {
  const stored = facts.components.find(({ type, ref }) => type === component.type && ref === component.ref);
  if (!stored) return null;
  if (stored.pack_ref !== null && stored.pack_ref !== pack.manifest.ref) {
    const error = `already belongs to pack '${stored.pack_ref}'`;
    return { severity: 'problem', problem: component.problemAt(['ref'], error) };
  }
  if (!stored.is_adhoc) return null;
  const error = `takes the place of the ${component.type.replace('_', ' ')} that was made over the API`;
  return { severity: 'warning', problem: component.problemAt(['ref'], error) };
}

type NamedRuntime = Pick<StoredRuntime, 'ref' | 'name' | 'aliases'>;

/**
 * The runtime an action asks for: a ref, or with `runner_type` also a name or an alias, of this pack's own runtimes
 * before others. Runtimes this load will remove do not count.
 */
function resolveRuntime(
  pack: ParsedPack,
  { runtime }: ActionSpec,
  stored: readonly StoredRuntime[],
): NamedRuntime | null {
  const own = pack.runtimes.map(({ spec }) => spec);
  const candidates = [...own, ...stored.filter((one) => !isOwnAndGone(pack, 'runtime', one))];
  const byRef = candidates.find(({ ref }) => ref === runtime.name);
  if (byRef || runtime.key === 'runtime_ref') return byRef ?? null;
  const word = runtime.name.toLowerCase();
  return candidates.find(({ name, aliases }) => name.toLowerCase() === word || aliases.includes(word)) ?? null;
}

/** Languages whose functions a worker can call. */
const FUNCTION_LANGUAGES = new Set(['node', 'python'].map(canonicalRuntime));

function canRun({ ref, name, aliases }: NamedRuntime, { invocation }: ActionSpec): boolean {
  return (
    invocation === 'process' || [ref, name, ...aliases].some((one) => FUNCTION_LANGUAGES.has(canonicalRuntime(one)))
  );
}

function noFunctions(action: Component<ActionSpec>, { ref }: NamedRuntime): PackProblem {
  return action.problemAt(['invocation'], `a function takes Node.js or Python, not the runtime '${ref}'`);
}

function unresolvedRuntime(action: Component<ActionSpec>): PackProblem {
  const { key, name } = action.spec.runtime;
  return action.problemAt([key], `unknown runtime '${name}'`);
}

function toRow({ runtime: _runtime, ...spec }: ActionSpec, runtime_ref: string): ActionRow {
  return { ...spec, runtime_ref };
}

type Exists = (type: StoredComponent['type'], ref: string) => boolean;

function knownRefs(pack: ParsedPack, facts: StoredFacts): Exists {
  const known = new Set([
    ...componentsOf(pack).map(({ type, ref }) => `${type} ${ref}`),
    ...facts.components
      .filter((stored) => !isOwnAndGone(pack, stored.type, stored))
      .map(({ type, ref }) => `${type} ${ref}`),
  ]);
  return (type, ref) => known.has(`${type} ${ref}`);
}

function missingOf(rule: Component<RuleSpec>, exists: Exists): PackProblem[] {
  const { trigger_ref, action_ref } = rule.spec;
  return [
    ...(exists('trigger', trigger_ref)
      ? []
      : [rule.problemAt(['trigger_ref'], `unknown trigger '${trigger_ref}': the rule was left out`)]),
    ...(exists('action', action_ref)
      ? []
      : [rule.problemAt(['action_ref'], `unknown action '${action_ref}': the rule was left out`)]),
  ];
}

/**
 * Parameters that do not fit what they are for. Only a warning: a required one may come from a stored key at run time,
 * and an execution that lacks it says so.
 */
function parameterWarnings(
  { spec, problemAt }: Component<RuleSpec>,
  pack: ParsedPack,
  facts: StoredFacts,
): PackProblem[] {
  const schemaOf = (type: 'action' | 'trigger', ref: string): Json => {
    const own = type === 'action' ? pack.actions : pack.triggers;
    const stored = facts.components.find((one) => one.type === type && one.ref === ref);
    return own.find((one) => one.ref === ref)?.spec.param_schema ?? stored?.param_schema ?? null;
  };
  const check = (key: 'action' | 'trigger'): PackProblem[] => {
    const ref = spec[`${key}_ref`];
    const outcome = validateParameterTemplates(key, ref, schemaOf(key, ref), spec[`${key}_params`]);
    return outcome.type === 'valid' ? [] : [problemAt([`${key}_params`], outcome.message)];
  };
  return [...check('action'), ...check('trigger')];
}

function unknownPermissionSets(pack: ParsedPack, exists: Exists): PackProblem[] {
  const isUnknown = (ref: string): boolean => ref !== STANDARD_ACCESS && !exists('permission_set', ref);
  const text = (ref: string): string => `unknown permission set '${ref}'`;
  return [
    ...pack.actions.flatMap((action) =>
      action.spec.default_execution_permission_set_refs
        .filter(isUnknown)
        .map((ref) => action.problemAt(['default_execution_permission_set_refs'], text(ref))),
    ),
    ...pack.rules.flatMap((rule) =>
      (rule.spec.permission_set_refs ?? [])
        .filter(isUnknown)
        .map((ref) => rule.problemAt(['permission_set_refs'], text(ref))),
    ),
  ];
}

function unknownPolicyActions(pack: ParsedPack, exists: Exists): PackProblem[] {
  return pack.policies.flatMap((policy) => {
    const { action_ref } = policy.spec;
    if (action_ref === null || exists('action', action_ref)) return [];
    return [policy.problemAt(['action'], `unknown action '${action_ref}': the policy limits nothing until it exists`)];
  });
}

/** A row of this pack whose file is gone: the clean-up at the end of the load removes it. */
function isOwnAndGone(
  pack: ParsedPack,
  type: StoredComponent['type'],
  stored: Pick<StoredComponent, 'ref' | 'pack_ref' | 'is_adhoc'>,
): boolean {
  const isOwn = stored.pack_ref === pack.manifest.ref && !stored.is_adhoc;
  return isOwn && pack.declared.get(type)?.has(stored.ref) !== true;
}

type TypedComponent = Component<unknown> & { readonly type: StoredComponent['type'] };

function componentsOf(pack: ParsedPack): TypedComponent[] {
  const typed = (type: StoredComponent['type'], components: readonly Component<unknown>[]): TypedComponent[] =>
    components.map((component) => ({ ...component, type }));
  return [
    ...typed('permission_set', pack.permissionSets),
    ...typed('runtime', pack.runtimes),
    ...typed('trigger', pack.triggers),
    ...typed('action', pack.actions),
    ...typed('rule', pack.rules),
    ...typed('policy', pack.policies),
  ];
}
