import { hasTemplate } from '../expression/template.js';
import { type Json } from '../json.js';
import { refProblem } from '../refs.js';
import { type FieldReader } from './field-reader.js';
import { readTransitions, type WrittenTransition } from './read-transitions.js';
import { type ItemsRule, type RetryRule, type TaskWork } from './workflow-definition.js';

/** A task as it was written, before anything is said about the graph it stands in. */
export interface WrittenTask {
  readonly work: TaskWork;
  readonly fields: FieldReader;
  readonly join: number | 'all' | null;
  readonly transitions: readonly WrittenTransition[];
  readonly parallel: readonly WrittenTask[] | null;
}

/** Names that stand for something else in expressions, or once did. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'parameters',
  'vars',
  'task',
  'system',
  'kv',
  'pack',
  'item',
  'batch',
  'index',
]);

const MAX_NAME_LENGTH = 255;
const MAX_RETRIES = 100;

/** Keys that say what follows a task, or that hold tasks: they mean nothing inside a parallel one. */
const GRAPH_KEYS = [
  'next',
  'join',
  'on_success',
  'on_failure',
  'on_complete',
  'on_timeout',
  'decision',
  'publish',
  'tasks',
];
/** Keys that say how an action is done: they mean nothing for a parallel task, whose sub-tasks have their own. */
const WORK_KEYS = ['action', 'input', 'with_items', 'batch_size', 'concurrency', 'retry', 'timeout'];

export function readTask(fields: FieldReader): WrittenTask {
  const type = fields.oneOf('type', ['action', 'workflow', 'parallel'], 'action');
  const isParallel = type === 'parallel';
  const work = readWork(fields, isParallel);
  if (isParallel) warnAbout(fields, WORK_KEYS, 'ignored in a parallel task');
  else warnAbout(fields, ['tasks'], 'ignored, because the task is not parallel');
  const task = {
    work,
    fields,
    join: readJoin(fields),
    transitions: readTransitions(fields),
    parallel: isParallel ? readSubTasks(fields) : null,
  };
  fields.raw('__chart_meta__');
  fields.warnAboutUnknownKeys();
  return task;
}

function readSubTasks(fields: FieldReader): WrittenTask[] {
  const subTasks = fields.maps('tasks').map(readSubTask);
  if (subTasks.length === 0) fields.problem('tasks', 'must hold at least one task');
  return subTasks;
}

function readSubTask(fields: FieldReader): WrittenTask {
  const type = fields.oneOf('type', ['action', 'workflow', 'parallel'], 'action');
  if (type === 'parallel') fields.problem('type', 'cannot be parallel inside a parallel task');
  warnAbout(fields, GRAPH_KEYS, 'ignored inside a parallel task');
  const work = readWork(fields, false);
  fields.raw('__chart_meta__');
  fields.warnAboutUnknownKeys();
  return { work, fields, join: null, transitions: [], parallel: null };
}

function readWork(fields: FieldReader, isParallel: boolean): TaskWork {
  const input = isParallel ? null : fields.map('input');
  return {
    name: readName(fields),
    action: isParallel ? null : readAction(fields),
    input: input !== null && Object.keys(input).length > 0 ? input : null,
    when: fields.text('when'),
    items: isParallel ? null : readItems(fields),
    retry: isParallel ? null : readRetry(fields),
    delay: readDelay(fields),
    timeoutSeconds: isParallel ? null : fields.whole('timeout', { min: 1 }),
    permissionSetRefs: readPermissionSets(fields),
    placement: {
      selector: placement(fields, 'worker_selector', 'map'),
      tolerations: placement(fields, 'worker_tolerations', 'list'),
      affinity: placement(fields, 'worker_affinity', 'map'),
    },
  };
}

function readName(fields: FieldReader): string {
  const name = fields.text('name', { max: MAX_NAME_LENGTH });
  if (!fields.has('name')) fields.problem('name', 'is required');
  if (name !== null && RESERVED_NAMES.has(name))
    fields.problem('name', `'${name}' means something else in expressions`);
  return name ?? '';
}

function readAction(fields: FieldReader): string | null {
  const action = fields.text('action');
  if (!fields.has('action')) fields.problem('action', 'is required');
  const problem = action === null ? null : refProblem('action', action);
  if (problem !== null) fields.problem('action', `must be the ref of an action: ${problem.message}`);
  return action;
}

function readItems(fields: FieldReader): ItemsRule | null {
  const items = fields.text('with_items');
  const batchSize = fields.whole('batch_size', { min: 1 });
  const concurrency = fields.whole('concurrency', { min: 1 });
  if (items !== null) return { items, batchSize, concurrency: concurrency ?? 1 };
  if (!fields.has('with_items')) warnAbout(fields, ['batch_size', 'concurrency'], 'ignored without with_items');
  return null;
}

function readRetry(fields: FieldReader): RetryRule | null {
  if (fields.map('retry') === null) return null;
  const retry = fields.inside('retry');
  const count = retry.whole('count', { min: 1, max: MAX_RETRIES });
  if (!retry.has('count')) retry.problem('count', 'is required');
  const delaySeconds = retry.seconds('delay') ?? 0;
  const maxDelaySeconds = retry.seconds('max_delay');
  if (maxDelaySeconds !== null && maxDelaySeconds < delaySeconds) {
    retry.problem('max_delay', 'must not be less than delay');
  }
  const backoff = retry.oneOf('backoff', ['constant', 'linear', 'exponential'], 'constant');
  const onError = retry.text('on_error');
  retry.warnAboutUnknownKeys();
  return { count: count ?? 1, delaySeconds, backoff, maxDelaySeconds, onError };
}

function readDelay(fields: FieldReader): number | string {
  const delay = fields.raw('delay');
  return typeof delay === 'string' && hasTemplate(delay) ? delay : (fields.seconds('delay') ?? 0);
}

function readJoin(fields: FieldReader): number | 'all' | null {
  return fields.raw('join') === 'all' ? 'all' : fields.whole('join', { min: 1 });
}

/** The key has two spellings. */
export const permissionSetKey = (fields: FieldReader): string =>
  fields.isGiven('permission_set_refs') ? 'permission_set_refs' : 'permission_set_ref';

/** An empty text, like null and an empty list, means no token; each ref is taken once. */
function readPermissionSets(fields: FieldReader): readonly string[] | null {
  const key = permissionSetKey(fields);
  if (key === 'permission_set_refs' && fields.has('permission_set_ref')) {
    fields.warning('permission_set_ref', 'ignored, because there is permission_set_refs');
  }
  if (!fields.isGiven(key)) return null;
  const value = fields.raw(key);
  if (value === undefined || value === '') return [];
  return [...new Set((fields.texts(key) ?? []).map((ref) => ref.trim()))];
}

/** A template may give the whole; otherwise it is a map or a list, with templates in it. */
function placement(fields: FieldReader, key: string, shape: 'map' | 'list'): Json {
  const value = fields.raw(key);
  if (typeof value === 'string' && hasTemplate(value)) return value;
  return shape === 'map' ? fields.map(key) : fields.list(key);
}

function warnAbout(fields: FieldReader, keys: readonly string[], message: string): void {
  for (const key of keys) if (fields.has(key)) fields.warning(key, message);
}
