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
