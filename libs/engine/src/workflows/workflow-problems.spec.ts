import { describe, expect, it } from '@jest/globals';
import { type Json, type JsonObject } from '../json.js';
import { parseWorkflow, type WorkflowSource } from './parse-workflow.js';
import { workflowProblemText } from './workflow-definition.js';

/** A task that is right, with changes. */
const task = (name: string, changes: JsonObject = {}): JsonObject => ({ name, action: 'demo.do', ...changes });
const workflow = (...tasks: Json[]): JsonObject => ({ tasks });

const problemsOf = (source: Json, options?: WorkflowSource): string[] =>
  parseWorkflow(source, options).problems.map(workflowProblemText);
const warningsOf = (source: Json, options?: WorkflowSource): string[] =>
  parseWorkflow(source, options).warnings.map(workflowProblemText);

describe('problems', () => {
  const inTask = (changes: JsonObject): string[] =>
    problemsOf(workflow(task('a', changes))).map((text) => text.replace('tasks[0].', ''));

  it.each<[string, Json, string[]]>([
    ['no map', [], ['must be a map of keys and values']],
    ['no tasks', {}, ['tasks: is required']],
    ['an empty list of tasks', { tasks: [] }, ['tasks: must hold at least one task']],
    ['tasks that are no list', { tasks: 'a' }, ['tasks: must be a list, not text']],
    ['a task that is no map', { tasks: ['a'] }, ['tasks[0]: must be a map, not text']],
    [
      'a version that is a number',
      { version: 1.1, tasks: [task('a')] },
      ['version: must be text, not a number (put it in quotes)'],
    ],
    [
      'an unknown policy',
      { cancellation_policy: 'stop', tasks: [task('a')] },
      ['cancellation_policy: must be allow_finish or cancel_running'],
    ],
    [
      'a schema that is none',
      { parameters: { a: { type: 'x' } }, tasks: [task('a')] },
      [
        'parameters: is not a usable schema: schema is invalid: data/properties/a/type must be equal to one of the allowed values, data/properties/a/type must be array, data/properties/a/type must match a schema in anyOf',
      ],
    ],
    ['tags that are no texts', { tags: [1], tasks: [task('a')] }, ['tags: must be a list of texts']],
  ])('%s', (_case, source, expected) => {
    expect(problemsOf(source)).toEqual(expected);
  });

  it('ask for a version only where it stands in the file', () => {
    expect(problemsOf(workflow(task('a')), { needsVersion: true })).toEqual(['version: is required']);
  });

  it.each<[JsonObject, string]>([
    [{ name: null }, 'name: is required'],
    [{ name: ' ' }, 'name: must not be empty'],
    [{ name: 'x'.repeat(256) }, 'name: must not be longer than 255 characters'],
    [{ name: 'item' }, "name: 'item' means something else in expressions"],
    [{ type: 'loop' }, 'type: must be action or workflow or parallel'],
    [{ action: null }, 'action: is required'],
    [
      { action: 'nodot' },
      "action: must be the ref of an action: The action ref 'nodot' must be lower-case and of the form 'pack.name'",
    ],
    [{ input: [] }, 'input: must be a map, not a list'],
    [
      { with_items: 'vars.', concurrency: 1 },
      'with_items: the expression ends too early, expected a name after the dot',
    ],
    [{ with_items: '[1]', batch_size: 0 }, 'batch_size: must be at least 1'],
    [{ with_items: '[1]', concurrency: 1.5 }, 'concurrency: must be a whole number, not a number'],
    [{ retry: 3 }, 'retry: must be a map, not a number'],
    [{ retry: {} }, 'retry.count: is required'],
    [{ retry: { count: 101 } }, 'retry.count: must be at most 100'],
    [{ retry: { count: 1, delay: 5, max_delay: 4 } }, 'retry.max_delay: must not be less than delay'],
    [{ retry: { count: 1, backoff: 'random' } }, 'retry.backoff: must be constant or linear or exponential'],
    [{ delay: -1 }, 'delay: must be at least 0'],
    [{ delay: 'soon' }, 'delay: must be a number of seconds, not text'],
    [{ timeout: 0 }, 'timeout: must be at least 1'],
    [{ join: 1 }, 'join: waits for other tasks, but none leads here'],
    [{ join: 'some' }, 'join: must be a whole number, not text'],
    [{ next: { do: 'a' } }, 'next: must be a list, not a map'],
    [{ next: [{ do: 'nowhere' }] }, "next[0].do: there is no task 'nowhere'"],
    [{ next: [{ publish: [3] }] }, 'next[0].publish[0]: must be a map or the name of a variable, not a number'],
    [{ on_success: 'nowhere' }, "on_success: there is no task 'nowhere'"],
    [{ permission_set_refs: [1] }, 'permission_set_refs[0]: must be text, not a number'],
    [{ worker_selector: ['a'] }, 'worker_selector: must be a map, not a list'],
    [{ type: 'parallel' }, 'tasks: must hold at least one task'],
    [
      { type: 'parallel', tasks: [{ name: 'b', type: 'parallel' }] },
      'tasks[0].type: cannot be parallel inside a parallel task',
    ],
  ])('of a task with %j', (changes, expected) => {
    expect(inTask(changes)).toContain(expected);
  });

  it.each<[JsonObject, string]>([
    [{ input: { a: '{{ 1 + }}' } }, 'input.a: the expression ends too early'],
    [{ input: { a: ['{{ x'] } }, "input.a[0]: a '{{' has no matching '}}'"],
    [{ input: { a: '{{ shout(1) }}' } }, "input.a: unknown function 'shout'"],
    [
      { input: { a: '{{ result() }}' } },
      'input.a: result() can only be used in the transitions of a task and in on_error',
    ],
    [{ input: { a: '{{ item }}' } }, "input.a: 'item' is there only for the items of with_items"],
    [{ with_items: 'item' }, "with_items: 'item' is there only for the items of with_items"],
    [{ input: { a: '{{ task.none.result }}' } }, "input.a: there is no task 'none'"],
    [{ input: { a: '{{ vars.none }}' } }, "input.a: nothing declares or publishes a variable 'none'"],
    [{ input: { a: '{{ none }}' } }, "input.a: nothing declares or publishes a variable 'none'"],
    [{ when: 'none > 1' }, "when: nothing declares or publishes a variable 'none'"],
    [{ next: [{ when: 'none' }] }, "next[0].when: nothing declares or publishes a variable 'none'"],
    [{ next: [{ publish: { a: '{{ b }}' } }] }, "next[0].publish.a: nothing declares or publishes a variable 'b'"],
    [
      { retry: { count: 1, on_error: '{{ gone }}' } },
      "retry.on_error: nothing declares or publishes a variable 'gone'",
    ],
    [
      { worker_affinity: { required: [{ match_labels: { a: '{{ b }}' } }] } },
      "worker_affinity.required[0].match_labels.a: nothing declares or publishes a variable 'b'",
    ],
    [{ permission_set_refs: '{{ b }}' }, "permission_set_refs: nothing declares or publishes a variable 'b'"],
  ])('of expressions in %j', (changes, expected) => {
    expect(inTask(changes)).toEqual([expected]);
  });

  it('of names that are not there at the start, or are written in short', () => {
    const source = {
      parameters: { who: { type: 'string' } },
      vars: { a: '{{ task.one.x }}', b: '{{ a }}', c: '{{ parameters.who }}' },
      output_map: { who: '{{ who }}' },
      tasks: [task('one')],
    };
    expect(problemsOf(source)).toEqual([
      "vars.a: 'task' is not there yet when variables get their first value",
      "vars.b: 'a' is not there yet when variables get their first value",
      "output_map.who: 'who' is a parameter: write parameters.who",
    ]);
  });

  it('of the graph: twice the same name, islands, and joins nobody can satisfy', () => {
    const graph = workflow(
      task('a', { next: [{ do: 'b' }, { do: 'b' }] }),
      task('b', { join: 2 }),
      task('a'),
      task('c', { next: [{ do: 'd' }] }),
      task('d', { next: [{ do: 'c' }] }),
    );
    expect(problemsOf(graph)).toEqual([
      "tasks[2].name: there is another task 'a'",
      'tasks[1].join: waits for 2 tasks, but only 1 leads here',
      "tasks[3]: the task 'c' can never be reached",
      "tasks[4]: the task 'd' can never be reached",
    ]);
  });

  it('are all told at once, each with its place', () => {
    const source = { version: 2, tasks: [{ name: 'a' }, task('b', { next: [{ do: 'c', when: '{{' }] })] };
    const { definition, problems } = parseWorkflow(source);
    expect(definition).toBeNull();
    expect(problems.map(({ path }) => path)).toEqual([
      ['version'],
      ['tasks', 0, 'action'],
      ['tasks', 1, 'next', 0, 'do'],
      ['tasks', 1, 'next', 0, 'when'],
    ]);
  });
});

describe('warnings', () => {
  it('tell what is ignored', () => {
    const source = {
      color: 'red',
      tasks: [
        task('a', { inputs: {}, batch_size: 2, tasks: [], next: [{ if: 'x' }], retry: { count: 1, times: 2 } }),
        { name: 'p', type: 'parallel', action: 'demo.do', tasks: [task('s', { next: [], join: 1 })] },
      ],
    };
    expect(problemsOf(source)).toEqual([]);
    expect(warningsOf(source)).toEqual([
      'tasks[0].batch_size: ignored without with_items',
      'tasks[0].retry.times: unknown key, ignored',
      'tasks[0].tasks: ignored, because the task is not parallel',
      'tasks[0].next[0].if: unknown key, ignored',
      'tasks[0].inputs: unknown key, ignored',
      'tasks[1].action: ignored in a parallel task',
      'tasks[1].tasks[0].next: ignored inside a parallel task',
      'tasks[1].tasks[0].join: ignored inside a parallel task',
      'color: unknown key, ignored',
    ]);
  });

  it('name parameters nobody declares, where that is known', () => {
    const source = workflow(task('a', { input: { x: '{{ parameters.y }}' } }));
    expect(warningsOf(source)).toEqual([]);
    expect(warningsOf(source, { parameters: { z: { type: 'string' } } })).toEqual([
      "tasks[0].input.x: the workflow declares no parameter 'y'",
    ]);
  });
});
