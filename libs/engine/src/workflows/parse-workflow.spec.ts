import { describe, expect, it } from '@jest/globals';
import { type Json, type JsonObject } from '../json.js';
import { actionsOfWorkflow, parseWorkflow, type WorkflowSource } from './parse-workflow.js';
import { type WorkflowDefinition, workflowProblemText } from './workflow-definition.js';

/** A task that is right, with changes. */
const task = (name: string, changes: JsonObject = {}): JsonObject => ({ name, action: 'demo.do', ...changes });
const workflow = (...tasks: Json[]): JsonObject => ({ tasks });

const problemsOf = (source: Json, options?: WorkflowSource): string[] =>
  parseWorkflow(source, options).problems.map(workflowProblemText);
const warningsOf = (source: Json, options?: WorkflowSource): string[] =>
  parseWorkflow(source, options).warnings.map(workflowProblemText);

function definitionOf(source: Json, options?: WorkflowSource): WorkflowDefinition {
  const { definition, problems } = parseWorkflow(source, options);
  expect(problems).toEqual([]);
  return definition!;
}

describe('a workflow that is right', () => {
  it('gets its defaults', () => {
    const { vars, entries, outputMap, cancellationPolicy, tasks } = definitionOf(workflow(task('one')));
    expect({ vars, entries, outputMap, cancellationPolicy }).toEqual({
      vars: {},
      entries: ['one'],
      outputMap: null,
      cancellationPolicy: 'allow_finish',
    });
    expect(tasks).toEqual([
      {
        name: 'one',
        action: 'demo.do',
        input: null,
        when: null,
        items: null,
        retry: null,
        delay: 0,
        timeoutSeconds: null,
        permissionSetRefs: null,
        placement: { selector: null, tolerations: null, affinity: null },
        join: null,
        transitions: [],
        parallel: null,
      },
    ]);
  });

  it('is read with every key there is', () => {
    const source = {
      ref: 'demo.flow',
      label: 'Flow',
      description: 'All of it',
      version: '1.0.0',
      parameters: { hosts: { type: 'array' }, who: { type: 'string' } },
      output: { done: { type: 'boolean' } },
      vars: { greeting: 'Hello {{ parameters.who }}', count: 0 },
      tags: ['a'],
      cancellation_policy: 'cancel_running',
      output_map: { all: '{{ task.each.result }}', greeting: '{{ greeting }}', n: '{{ workflow.found }}' },
      tasks: [
        task('each', {
          when: 'count == 0',
          with_items: 'parameters.hosts',
          batch_size: 2,
          concurrency: 3,
          input: { host: '{{ item }}', at: ['{{ index }}'] },
          retry: { count: 3, delay: 1.5, backoff: 'exponential', max_delay: 10, on_error: 'result().exit_code == 1' },
          delay: '{{ count }}',
          timeout: 60,
          permission_set_refs: ['core.viewer', ' core.viewer '],
          worker_selector: { zone: '{{ item }}' },
          worker_tolerations: [],
          next: [
            {
              when: '{{ succeeded() and length(result().items) > 1 }}',
              publish: [{ found: '{{ result().count }}' }, 'rest'],
              do: 'both',
            },
            { when: 'failed()', do: ['both', 'each'] },
          ],
          __chart_meta__: { x: 1 },
        }),
        { name: 'both', type: 'parallel', join: 'all', tasks: [task('left'), task('right', { type: 'workflow' })] },
      ],
    };
    const { tasks, entries } = definitionOf(source, { needsVersion: true });
    expect(warningsOf(source)).toEqual([]);
    expect(entries).toEqual(['each']);
    expect(tasks[0]).toMatchObject({
      items: { items: 'parameters.hosts', batchSize: 2, concurrency: 3 },
      retry: { count: 3, delaySeconds: 1.5, backoff: 'exponential', maxDelaySeconds: 10 },
      delay: '{{ count }}',
      permissionSetRefs: ['core.viewer'],
      placement: { selector: { zone: '{{ item }}' }, tolerations: [], affinity: null },
      transitions: [
        {
          publish: [
            { name: 'found', value: '{{ result().count }}' },
            { name: 'rest', value: '{{ result() }}' },
          ],
          targets: ['both'],
          isBranch: false,
        },
        { when: 'failed()', targets: ['both', 'each'] },
      ],
    });
    expect(tasks[1]).toMatchObject({ action: null, join: 1, parallel: [{ name: 'left' }, { name: 'right' }] });
    expect(actionsOfWorkflow(definitionOf(source)).map(({ path }) => path.join('.'))).toEqual([
      'tasks.0.action',
      'tasks.1.tasks.0.action',
      'tasks.1.tasks.1.action',
    ]);
  });

  it('starts a pure cycle with its first task', () => {
    const cycle = workflow(task('a', { next: [{ do: 'b' }] }), task('b', { next: [{ do: 'a' }] }));
    expect(definitionOf(cycle).entries).toEqual(['a']);
  });

  it('may ask for no token at all', () => {
    const refsOf = (changes: JsonObject) => definitionOf(workflow(task('a', changes))).tasks[0]?.permissionSetRefs;
    expect(refsOf({ permission_set_refs: null })).toEqual([]);
    expect(refsOf({ permission_set_refs: '' })).toEqual([]);
    expect(refsOf({ permission_set_refs: [] })).toEqual([]);
    expect(refsOf({ permission_set_ref: 'core.viewer' })).toEqual(['core.viewer']);
  });
});

describe('legacy keys', () => {
  const transitionsOf = (changes: JsonObject) =>
    definitionOf(workflow(task('a', changes), task('b'), task('c'))).tasks[0]?.transitions;

  it('become transitions in a fixed order', () => {
    const legacy = { on_timeout: 'b', on_complete: 'b', on_failure: ['b', 'c'], on_success: 'c' };
    expect(transitionsOf(legacy)?.map(({ when, targets }) => [when, targets])).toEqual([
      ['{{ succeeded() }}', ['c']],
      ['{{ failed() }}', ['b', 'c']],
      [null, ['b']],
      ['{{ timed_out() }}', ['b']],
    ]);
  });

  it('decide by the first branch that matches', () => {
    const decision = [
      { when: 'result().x > 1', next: 'b' },
      { default: true, next: 'c' },
    ];
    expect(transitionsOf({ decision })).toEqual([
      { when: 'result().x > 1', publish: [], targets: ['b'], isBranch: true },
      { when: null, publish: [], targets: ['c'], isBranch: true },
    ]);
  });

  it('publish with the success, with nothing else, or with the first there is', () => {
    const publish = [{ x: '{{ result() }}' }];
    const publishing = (changes: JsonObject) =>
      transitionsOf({ ...changes, publish })?.map(({ when, publish: all }) => [when, all.length]);
    expect(publishing({ on_failure: 'b', on_success: 'c' })).toEqual([
      ['{{ succeeded() }}', 1],
      ['{{ failed() }}', 0],
    ]);
    expect(publishing({})).toEqual([['{{ succeeded() }}', 1]]);
    expect(publishing({ on_failure: 'b', on_complete: 'c' })).toEqual([
      ['{{ failed() }}', 1],
      [null, 0],
    ]);
  });

  it('mean nothing beside next', () => {
    const source = workflow(task('a', { next: [{ do: 'b' }], on_success: 'c', publish: ['x'] }), task('b'));
    expect(definitionOf(source).tasks[0]?.transitions).toHaveLength(1);
    expect(warningsOf(source)).toEqual([
      'tasks[0].on_success: ignored, because there is next',
      'tasks[0].publish: ignored, because there is next',
    ]);
  });

  it('may have one default', () => {
    const decision = [{ default: true, next: 'b' }, { default: true, next: 'b' }, { next: 'b' }];
    expect(problemsOf(workflow(task('a', { decision }), task('b')))).toEqual([
      'tasks[0].decision: may have one default only',
      'tasks[0].decision[2]: needs when, or default: true',
    ]);
  });
});

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
