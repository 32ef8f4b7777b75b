import { type AnyOperation } from '@attune/contract';
import { contentRequests } from './requests/content.js';
import { engineRequests } from './requests/engine.js';
import { peopleRequests } from './requests/people.js';
import { type Scene } from './scene.js';

/** What goes with an operation, as the client takes it. */
export interface RequestInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly form?: FormData;
}

/** Makes a request that succeeds for whoever has the right, each time: what a request uses up is made for it alone. */
export type ExampleRequest = (scene: Scene) => RequestInput | Promise<RequestInput>;

/** By `operationId`. Operations that need no more than the names of `knownParams` are not here. */
const EXAMPLES: Readonly<Record<string, ExampleRequest>> = {
  ...contentRequests,
  ...engineRequests,
  ...peopleRequests,
};

export async function exampleRequest(scene: Scene, operation: AnyOperation): Promise<RequestInput> {
  const { params, ...rest } = (await EXAMPLES[operation.operationId]?.(scene)) ?? {};
  return {
    ...(operation.params && { params: { ...knownParams(scene, operation), ...params } }),
    ...(operation.body && { body: {} }),
    ...rest,
  };
}

/** Path parameters that mean the things of the scene. */
function knownParams(scene: Scene, { path }: AnyOperation): Record<string, unknown> {
  const [area = ''] = /(?<=^\/api\/v1\/)[\w-]+/.exec(path) ?? [];
  return {
    ref: REFS[area],
    id: { executions: scene.execution, enforcements: scene.enforcement, events: scene.event, workers: scene.worker }[
      area
    ],
    pack_ref: 'demo',
    trigger_ref: 'demo.called',
    action_ref: 'demo.greet',
    execution_id: scene.execution,
    enforcement_id: scene.enforcement,
    // Nobody made it, and nobody has to: the list of what it did is empty.
    request_id: '00000000-0000-7000-8000-000000000000',
    entity_type: 'execution',
    status: 'requested',
  };
}

/** `{ref}` by the first word of the path. */
const REFS: Readonly<Record<string, string>> = {
  packs: 'demo',
  triggers: 'demo.called',
  actions: 'demo.greet',
  rules: 'demo.on-call',
  runtimes: 'core.shell',
};
