import { type WrittenTask } from './read-task.js';

/** Which tasks lead to which, by name. */
interface Graph {
  readonly names: ReadonlySet<string>;
  /** Names of the tasks with a transition to each task. */
  readonly inbound: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface CheckedGraph {
  readonly entries: readonly string[];
  /** How many different tasks must come to a task that joins. */
  readonly joinOf: (task: WrittenTask) => number | null;
}

/** Notes names that are there twice, targets that are not there, joins nobody can satisfy, and tasks nothing leads to. */
export function checkGraph(tasks: readonly WrittenTask[]): CheckedGraph {
  checkNames(tasks);
  for (const task of tasks) checkNames(task.parallel ?? []);
  const graph = graphOf(tasks);
  checkTargets(tasks, graph);
  for (const task of tasks) checkJoin(task, graph);
  const entries = entriesOf(tasks, graph);
  checkReachability(tasks, entries);
  return { entries, joinOf: ({ work, join }) => (join === 'all' ? (graph.inbound.get(work.name)?.size ?? 0) : join) };
}

function checkNames(tasks: readonly WrittenTask[]): void {
  const seen = new Set<string>();
  for (const { work, fields } of tasks) {
    if (work.name !== '' && seen.has(work.name)) fields.problem('name', `there is another task '${work.name}'`);
    seen.add(work.name);
  }
}

function graphOf(tasks: readonly WrittenTask[]): Graph {
  const inbound = new Map<string, Set<string>>();
  for (const { work, transitions } of tasks) {
    for (const target of transitions.flatMap(({ targets }) => targets)) {
      inbound.set(target, (inbound.get(target) ?? new Set()).add(work.name));
    }
  }
  return { names: new Set(tasks.map(({ work }) => work.name)), inbound };
}

function checkTargets(tasks: readonly WrittenTask[], { names }: Graph): void {
  for (const { transitions, fields } of tasks) {
    for (const { targets, paths } of transitions) {
      targets.forEach((target, index) => {
        const path = paths.targets[index] ?? fields.path;
        if (!names.has(target)) fields.findings.problems.push({ path, message: `there is no task '${target}'` });
      });
    }
  }
}

function checkJoin({ work, join, fields }: WrittenTask, { inbound }: Graph): void {
  if (join === null) return;
  const count = inbound.get(work.name)?.size ?? 0;
  if (count === 0) fields.problem('join', 'waits for other tasks, but none leads here');
  else if (join !== 'all' && join > count) {
    fields.problem('join', `waits for ${join} tasks, but only ${count} ${count === 1 ? 'leads' : 'lead'} here`);
  }
}

/** Tasks nobody leads to; in a pure cycle the first one. */
function entriesOf(tasks: readonly WrittenTask[], { inbound }: Graph): readonly string[] {
  const names = tasks.map(({ work }) => work.name);
  const entries = names.filter((name) => !inbound.has(name));
  return entries.length > 0 ? entries : names.slice(0, 1);
}

function checkReachability(tasks: readonly WrittenTask[], entries: readonly string[]): void {
  const byName = Map.groupBy(tasks, ({ work }) => work.name);
  const reached = new Set(entries);
  for (const name of reached) {
    // A set walks over what is added on the way.
    const transitions = (byName.get(name) ?? []).flatMap((task) => task.transitions);
    for (const target of transitions.flatMap(({ targets }) => targets)) reached.add(target);
  }
  for (const { work, fields } of tasks) {
    if (!reached.has(work.name)) fields.problem(null, `the task '${work.name}' can never be reached`);
  }
}
