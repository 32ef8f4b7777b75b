import {
  isJsonObject,
  type Json,
  type JsonObject,
  labelOf,
  packOf,
  parseWorkflow,
  refProblem,
  type WorkflowProblem,
} from '@attune/engine';
import { type ActionSpec } from '../format/action.format.js';
import { type PackFile } from '../format/pack-files.js';
import { parseYaml, type YamlDocument } from '../format/yaml-document.js';
import { type PackProblem } from '../problem.js';

/** A workflow as its file, or its file and that of its action, describe it. */
export interface WorkflowSpec {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly version: string;
  readonly param_schema: JsonObject | null;
  readonly out_schema: JsonObject | null;
  /** The whole file. */
  readonly definition: JsonObject;
  readonly tags: readonly string[];
  /** Of its action: a path below `actions/`, or what stands for one. */
  readonly entrypoint: string;
  /** What the file of its action says; null: it has no file of its own. */
  readonly action: ActionSpec | null;
}

/** What came of one file. */
export interface WorkflowFileReading {
  readonly file: string;
  /** What the file is about, as far as it says so. */
  readonly ref: string | null;
  /** Null exactly when there are problems. */
  readonly workflow: WorkflowSpec | null;
  readonly problems: readonly PackProblem[];
  readonly warnings: readonly PackProblem[];
}

/** Entry point of the action of a workflow that has no file below `actions/`. */
export const WORKFLOW_ENTRYPOINT = 'workflow';

const ACTIONS = 'actions/';

/**
 * Reads one workflow file. Where an action names it, that says the ref, label, description, parameters, output and tags.
 * Pure; never throws, and never stops at the first problem.
 */
export function readWorkflowFile(file: PackFile, pack: string, action: ActionSpec | null): WorkflowFileReading {
  const document = parseYaml(file.text);
  const value = document.value as Json | undefined; // YAML gives nothing else
  const ref = action?.ref ?? refIn(value) ?? `${pack}.${stemOf(file.path)}`;
  const problemAt = locate(file, ref, document);
  const failed = (problems: readonly PackProblem[]): WorkflowFileReading => ({
    file: file.path,
    ref,
    workflow: null,
    problems,
    warnings: [],
  });
  if (document.problems.length > 0) {
    return failed(document.problems.map(({ line, error }) => ({ ...problemAt({ path: [], message: error }), line })));
  }
  if (!isJsonObject(value)) return failed([problemAt({ path: [], message: 'must be a map of keys and values' })]);
  const parameters = action ? { parameters: action.param_schema } : {};
  const reading = parseWorkflow(value, { needsVersion: true, ...parameters });
  const refError = refErrorOf(ref, pack);
  const problems = [...(refError === null ? [] : [{ path: ['ref'], message: refError }]), ...reading.problems]
    .map(problemAt)
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (problems.length > 0) return { ...failed(problems), warnings: reading.warnings.map(problemAt) };
  const workflow = specOf(value, { ref, path: file.path, action });
  return { file: file.path, ref, workflow, problems, warnings: reading.warnings.map(problemAt) };
}

/** The file was checked: its keys have the types they ought to have. */
function specOf(
  value: JsonObject,
  { ref, path, action }: { ref: string; path: string; action: ActionSpec | null },
): WorkflowSpec {
  const own = value as Readonly<{
    label?: string;
    description?: unknown;
    version: string;
    parameters?: JsonObject;
    output?: JsonObject;
    tags?: readonly string[];
  }>;
  return {
    ref,
    label: action?.label ?? own.label ?? labelOf(ref),
    description: action ? action.description : typeof own.description === 'string' ? own.description : null,
    version: own.version,
    param_schema: action?.param_schema ?? own.parameters ?? null,
    out_schema: action?.out_schema ?? own.output ?? null,
    definition: value,
    tags: action?.tags ?? own.tags ?? [],
    entrypoint: path.startsWith(ACTIONS) ? path.slice(ACTIONS.length) : WORKFLOW_ENTRYPOINT,
    action,
  };
}

function refErrorOf(ref: string, pack: string): string | null {
  const problem = refProblem('workflow', ref);
  if (problem !== null) return problem.message;
  return packOf(ref) === pack ? null : `belongs to pack '${packOf(ref)}', not to '${pack}'`;
}

function refIn(value: Json | undefined): string | null {
  const ref = isJsonObject(value) ? value['ref'] : undefined;
  return typeof ref === 'string' && ref !== '' ? ref : null;
}

/** `actions/workflows/deploy.workflow.yaml` is about `deploy`. */
const stemOf = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.ya?ml$/, '')
    .replace(/\.workflow$/, '');

const locate =
  (file: PackFile, ref: string, document: YamlDocument) =>
  ({ path, message: error }: WorkflowProblem): PackProblem => ({
    file: file.path,
    line: document.lineOf(path),
    component_type: 'workflow',
    ref,
    key: path.length === 0 ? null : path.join('.'),
    error,
  });
