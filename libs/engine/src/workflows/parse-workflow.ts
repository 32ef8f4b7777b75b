import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json.js';
import { toJsonSchema } from '../parameters/json-schema.js';
import { schemaProblem } from '../parameters/schema-validator.js';
import { checkGraph, type CheckedGraph } from './check-graph.js';
import { ExpressionChecker, type KnownNames } from './check-expressions.js';
import { FieldReader, type Findings } from './field-reader.js';
import { permissionSetKey, readTask, type WrittenTask } from './read-task.js';
import { type WorkflowDefinition, type WorkflowReading, type WorkflowTask } from './workflow-definition.js';

export interface WorkflowSource {
  /**
   * The flat schema of the parameters, where it stands outside of the definition: that of an action, or a field beside it. Missing:
   * the definition's own counts.
   */
  readonly parameters?: Json;
  /** The definition must say its version; elsewhere that stands beside it. */
  readonly needsVersion?: boolean;
}

const MAX_LABEL_LENGTH = 255;
const MAX_VERSION_LENGTH = 50;

/**
 * Reads a workflow and checks all that can be checked without running it: keys and types, the graph, and every expression in
 * it. Never throws and never stops at the first problem. Whether the actions exist is not known here.
 */
export function parseWorkflow(source: Json, options: WorkflowSource = {}): WorkflowReading {
  const findings: Findings = { problems: [], warnings: [] };
  if (!isJsonObject(source)) {
    return { definition: null, problems: [{ path: [], message: 'must be a map of keys and values' }], warnings: [] };
  }
  const fields = new FieldReader(source, [], findings);
  readDescription(fields, options);
  const vars = fields.map('vars') ?? {};
  const outputMap = fields.map('output_map');
  const cancellationPolicy = fields.oneOf('cancellation_policy', ['allow_finish', 'cancel_running'], 'allow_finish');
  const tasks = readTasks(fields);
  fields.raw('__chart_meta__');
  fields.warnAboutUnknownKeys();
  const graph = checkGraph(tasks);
  const declared = options.parameters === undefined ? fields.map('parameters') : options.parameters;
  checkExpressions({ vars, outputMap, tasks }, namesOf(tasks, vars, declared), findings);
  const { problems, warnings } = findings;
  if (problems.length > 0) return { definition: null, problems, warnings };
  return { definition: definitionOf({ vars, outputMap, cancellationPolicy, tasks }, graph), problems: [], warnings };
}

/** Every action a workflow names, with the place of each. */
export function actionsOfWorkflow({
  tasks,
}: WorkflowDefinition): readonly { action: string; path: (string | number)[] }[] {
  return tasks.flatMap(({ action, parallel }, index) =>
    action === null
      ? (parallel ?? []).flatMap((sub, at) =>
          sub.action === null ? [] : [{ action: sub.action, path: ['tasks', index, 'tasks', at, 'action'] }],
        )
      : [{ action, path: ['tasks', index, 'action'] }],
  );
}

/** What is said about the workflow rather than in it; stored beside the graph. */
function readDescription(fields: FieldReader, { needsVersion = false }: WorkflowSource): void {
  fields.text('ref');
  fields.text('label', { max: MAX_LABEL_LENGTH });
  fields.raw('description');
  fields.text('version', { max: MAX_VERSION_LENGTH });
  if (needsVersion && !fields.has('version')) fields.problem('version', 'is required');
  for (const key of ['parameters', 'output']) {
    const schema = fields.map(key);
    const problem = schema === null ? null : schemaProblem(toJsonSchema(schema) ?? {});
    if (problem !== null) fields.problem(key, `is not a usable schema: ${problem}`);
  }
  const tags = fields.list('tags') ?? [];
  if (!tags.every((tag) => typeof tag === 'string')) fields.problem('tags', 'must be a list of texts');
}

function readTasks(fields: FieldReader): WrittenTask[] {
  const given = fields.raw('tasks');
  if (given === undefined) fields.problem('tasks', 'is required');
  else if (isJsonArray(given) && given.length === 0) fields.problem('tasks', 'must hold at least one task');
  return fields.maps('tasks').map(readTask);
}

function namesOf(tasks: readonly WrittenTask[], vars: JsonObject, declared: Json): KnownNames {
  const published = tasks.flatMap(({ transitions }) => transitions.flatMap(({ publish }) => publish));
  const schema = toJsonSchema(declared);
  const properties = schema?.['properties'];
  return {
    parameters: isJsonObject(properties) ? new Set(Object.keys(properties)) : null,
    variables: new Set([...Object.keys(vars), ...published.map(({ name }) => name)]),
    tasks: new Set(tasks.map(({ work }) => work.name)),
  };
}

interface Written {
  readonly vars: JsonObject;
  readonly outputMap: JsonObject | null;
  readonly tasks: readonly WrittenTask[];
}

function checkExpressions({ vars, outputMap, tasks }: Written, names: KnownNames, findings: Findings): void {
  const checker = new ExpressionChecker(names, findings);
  checker.template(vars, ['vars'], { isStart: true });
  if (outputMap !== null) checker.template(outputMap, ['output_map']);
  for (const task of tasks) {
    checkWork(checker, task);
    for (const subTask of task.parallel ?? []) checkWork(checker, subTask);
    for (const { when, publish, paths } of task.transitions) {
      if (when !== null && paths.when !== null) checker.condition(when, paths.when, { hasOutcome: true });
      publish.forEach(({ value }, index) => checker.template(value, paths.publish[index] ?? [], { hasOutcome: true }));
    }
  }
}

function checkWork(checker: ExpressionChecker, { work, fields }: WrittenTask): void {
  const place = { hasItem: work.items !== null };
  if (work.when !== null) checker.condition(work.when, fields.at('when'));
  if (work.items !== null) checker.condition(work.items.items, fields.at('with_items'));
  if (work.input !== null) checker.template(work.input, fields.at('input'), place);
  if (typeof work.delay === 'string') checker.template(work.delay, fields.at('delay'));
  const onError = work.retry?.onError ?? null;
  if (onError !== null) checker.condition(onError, fields.at('retry', 'on_error'), { hasOutcome: true });
  checker.template([...(work.permissionSetRefs ?? [])].join(' '), fields.at(permissionSetKey(fields)), place);
  checker.template(work.placement.selector, fields.at('worker_selector'), place);
  checker.template(work.placement.tolerations, fields.at('worker_tolerations'), place);
  checker.template(work.placement.affinity, fields.at('worker_affinity'), place);
}

function definitionOf(
  { vars, outputMap, cancellationPolicy, tasks }: Written & Pick<WorkflowDefinition, 'cancellationPolicy'>,
  { entries, joinOf }: CheckedGraph,
): WorkflowDefinition {
  const taskOf = (task: WrittenTask): WorkflowTask => ({
    ...task.work,
    join: joinOf(task),
    transitions: task.transitions.map(({ when, publish, targets, isBranch }) => ({ when, publish, targets, isBranch })),
    parallel: task.parallel?.map(({ work }) => work) ?? null,
  });
  return { vars, tasks: tasks.map(taskOf), entries, outputMap, cancellationPolicy };
}
