import { join, posix } from 'node:path';
import { messageOf } from '@attune/common';
import { actionFormat, type ActionSpec } from '../format/action.format.js';
import { type PackFile } from '../format/pack-files.js';
import { parseComponent } from '../format/parse-component.js';
import { parseYaml } from '../format/yaml-document.js';
import { type PackProblem } from '../problem.js';
import { readYaml, yamlNames } from '../read-pack-directory.js';
import { readWorkflowFile, type WorkflowFileReading } from './workflow-file.js';

/** Where workflows stand; of two with the same ref the first one counts. */
const WORKFLOW_DIRECTORIES = ['actions/workflows', 'workflows'];

/** An action that is a workflow. */
export interface LinkedAction {
  /** Path of its own file inside the pack. */
  readonly file: string;
  readonly spec: ActionSpec;
}

/**
 * Reads the workflow files of the pack in a directory; none when there is no such directory. What is wrong with a file is in its
 * reading, all of it.
 */
export async function readPackWorkflows(directory: string, pack: string): Promise<WorkflowFileReading[]> {
  const linked = await readLinkedActions(directory, pack);
  const readings: WorkflowFileReading[] = [];
  for (const folder of WORKFLOW_DIRECTORIES) {
    for (const name of await yamlNames(join(directory, folder))) {
      const path = posix.join(folder, name);
      readings.push(await readOne(directory, path, pack, linked.get(path)?.spec ?? null));
    }
  }
  const read = new Set(readings.map(({ file }) => file));
  const missing = [...linked].filter(([path]) => !read.has(path)).map(([path, action]) => missingFile(path, action));
  return [...withoutRepetitions(readings), ...missing];
}

/** The action a workflow file is linked to; null: it stands alone. */
export async function findLinkedAction(
  directory: string,
  pack: string,
  workflowFile: string,
): Promise<LinkedAction | null> {
  return (await readLinkedActions(directory, pack)).get(workflowFile) ?? null;
}

async function readOne(
  directory: string,
  path: string,
  pack: string,
  action: ActionSpec | null,
): Promise<WorkflowFileReading> {
  try {
    return readWorkflowFile({ path, text: await readYaml(join(directory, path)) }, pack, action);
  } catch (error) {
    return failed(path, action?.ref ?? null, messageOf(error));
  }
}

/** Actions that name a workflow file, by the path of that file inside the pack. Those that cannot be read are the business of the load. */
async function readLinkedActions(directory: string, pack: string): Promise<ReadonlyMap<string, LinkedAction>> {
  const linked = new Map<string, LinkedAction>();
  for (const name of await yamlNames(join(directory, 'actions'))) {
    const file: PackFile = {
      path: posix.join('actions', name),
      text: await readYaml(join(directory, 'actions', name)).catch(() => ''),
    };
    const { component } = parseComponent(actionFormat, file, { pack, mayLackRef: true });
    const workflowFile = workflowFileIn(file);
    if (component && workflowFile !== null) {
      linked.set(posix.normalize(posix.join('actions', workflowFile)), { file: file.path, spec: component.spec });
    }
  }
  return linked;
}

function workflowFileIn({ text }: PackFile): string | null {
  const { value } = parseYaml(text);
  return typeof value === 'object' &&
    value !== null &&
    'workflow_file' in value &&
    typeof value.workflow_file === 'string'
    ? value.workflow_file
    : null;
}

function withoutRepetitions(readings: readonly WorkflowFileReading[]): WorkflowFileReading[] {
  const seen = new Map<string, string>();
  return readings.map((reading) => {
    const { ref, file } = reading;
    const first = ref === null ? undefined : seen.get(ref);
    if (first !== undefined) return failed(file, ref, `${first} has this ref already`);
    if (ref !== null) seen.set(ref, file);
    return reading;
  });
}

const missingFile = (path: string, { file, spec }: LinkedAction): WorkflowFileReading =>
  failed(file, spec.ref, `no file ${path} in the pack`, 'workflow_file');

function failed(file: string, ref: string | null, error: string, key: string | null = null): WorkflowFileReading {
  const problem: PackProblem = { file, line: null, component_type: 'workflow', ref, key, error };
  return { file, ref, workflow: null, problems: [problem], warnings: [] };
}
