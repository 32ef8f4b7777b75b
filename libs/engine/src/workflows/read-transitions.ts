import { isJsonObject, type Json } from '../json.js';
import { type FieldReader, kindOf } from './field-reader.js';
import { type Transition, type WorkflowProblem } from './workflow-definition.js';

type Path = WorkflowProblem['path'];

/** A transition with the places its parts were written at. */
export interface WrittenTransition extends Transition {
  readonly paths: {
    /** Of the condition; null where a key of its own stands for it. */
    readonly when: Path | null;
    readonly publish: readonly Path[];
    readonly targets: readonly Path[];
  };
}

/** Keys of former versions, each a transition under a condition of its own. */
const OUTCOME_KEYS: readonly (readonly [key: string, when: string | null])[] = [
  ['on_success', '{{ succeeded() }}'],
  ['on_failure', '{{ failed() }}'],
  ['on_complete', null],
  ['on_timeout', '{{ timed_out() }}'],
];
const SUCCEEDED = '{{ succeeded() }}';

/** What follows a task: `next`, or, where that is empty, what the legacy keys mean. */
export function readTransitions(task: FieldReader): readonly WrittenTransition[] {
  const next = task.maps('next').map(readTransition);
  const legacy = [...OUTCOME_KEYS.map(([key]) => key), 'decision', 'publish'].filter((key) => task.has(key));
  if (next.length === 0) return readLegacyTransitions(task);
  for (const key of legacy) task.warning(key, 'ignored, because there is next');
  return next;
}

function readTransition(fields: FieldReader): WrittenTransition {
  const when = fields.text('when');
  const { publish, paths } = readPublish(fields);
  const targets = fields.texts('do') ?? [];
  fields.raw('__chart_meta__');
  fields.warnAboutUnknownKeys();
  return {
    when,
    publish,
    targets,
    isBranch: false,
    paths: { when: fields.at('when'), publish: paths, targets: targetPaths(fields, 'do', targets) },
  };
}

const targetPaths = (fields: FieldReader, key: string, targets: readonly string[]): Path[] =>
  targets.map((_, index) => (Array.isArray(fields.raw(key)) ? fields.at(key, index) : fields.at(key)));

/** A list of maps and bare names; one map is taken for a list of one. */
function readPublish(fields: FieldReader): Pick<Transition, 'publish'> & { paths: Path[] } {
  const given = fields.raw('publish') ?? [];
  const items: readonly Json[] = isJsonObject(given) ? [given] : (fields.list('publish') ?? []);
  const publish: { name: string; value: Json }[] = [];
  const paths: Path[] = [];
  items.forEach((item, index) => {
    const at = isJsonObject(given) ? fields.at('publish') : fields.at('publish', index);
    for (const [name, value] of publications(item)) {
      publish.push({ name, value });
      paths.push(typeof item === 'string' ? at : [...at, name]);
    }
    if (publications(item).length === 0) {
      fields.findings.problems.push({
        path: at,
        message: `must be a map or the name of a variable, not ${kindOf(item)}`,
      });
    }
  });
  return { publish, paths };
}

/** A bare name takes the whole result. */
function publications(item: Json): readonly (readonly [string, Json])[] {
  if (typeof item === 'string' && item.trim() !== '') return [[item, '{{ result() }}']];
  return isJsonObject(item) ? Object.entries(item) : [];
}

function readLegacyTransitions(task: FieldReader): readonly WrittenTransition[] {
  const transitions = [...OUTCOME_KEYS.flatMap(([key, when]) => readOutcome(task, key, when)), ...readDecision(task)];
  const { publish, paths } = readPublish(task);
  if (publish.length === 0) return transitions;
  if (transitions.length === 0) {
    const places = { when: null, publish: paths, targets: [] };
    return [{ when: SUCCEEDED, publish, targets: [], isBranch: false, paths: places }];
  }
  const carrier = transitions.find(({ when }) => when === SUCCEEDED) ?? transitions[0];
  return transitions.map((one) =>
    one === carrier ? { ...one, publish, paths: { ...one.paths, publish: paths } } : one,
  );
}

function readOutcome(task: FieldReader, key: string, when: string | null): WrittenTransition[] {
  const targets = task.texts(key);
  if (targets === null) return [];
  const paths = { when: null, publish: [], targets: targetPaths(task, key, targets) };
  return [{ when, publish: [], targets, isBranch: false, paths }];
}

function readDecision(task: FieldReader): WrittenTransition[] {
  const branches = task.maps('decision');
  const defaults = branches.filter((branch) => branch.raw('default') === true);
  if (defaults.length > 1) task.problem('decision', 'may have one default only');
  return branches.map((branch) => {
    const isDefault = branch.raw('default') === true;
    const when = branch.text('when');
    if (!isDefault && when === null && !branch.has('when')) branch.problem(null, 'needs when, or default: true');
    const targets = branch.texts('next') ?? [];
    branch.raw('__chart_meta__');
    branch.warnAboutUnknownKeys();
    return {
      when: isDefault ? null : when,
      publish: [],
      targets,
      isBranch: true,
      paths: { when: branch.at('when'), publish: [], targets: targetPaths(branch, 'next', targets) },
    };
  });
}
