import { type AnyOperation, type ApiClient, operations } from '@attune/contract';
import { exampleRequest } from '../../spec/example-requests.js';
import { createScene, type Scene, SCENE_SETTINGS } from '../../spec/scene.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { executionToken } from '../../spec/tokens.js';
import { unavailableOperations } from '../unavailable/unavailable-operations.js';

/** Operations that answer without any grant, and why that is right. */
const OPEN_WITHOUT_GRANT: Readonly<Record<string, string>> = {
  getCurrentUser: 'everybody may know who they are',
  getQueueStats: 'counts only, promised to every caller',
  listPacks: 'shows standard packs, which are for everybody',
  updateCurrentUser: 'everybody may say what they are called',
};

/** What may not be read is as good as not there. */
const HIDDEN_WITHOUT_GRANT: readonly string[] = ['getPack', 'getKey'];

describe('every operation', () => {
  let api: TestApi;
  let scene: Scene;

  beforeAll(async () => {
    api = await startTestApi({}, SCENE_SETTINGS);
    scene = await createScene(api);
  });
  afterAll(() => scene.close());

  const guarded = Object.values<AnyOperation>(operations).filter(
    (operation) => Array.isArray(operation.auth) && !unavailableOperations.includes(operation),
  );

  async function attempt(client: ApiClient, operation: AnyOperation): Promise<number> {
    const input = await exampleRequest(scene, operation);
    try {
      await client.call(operation as typeof operations.listRules, input);
      return operation.success.status;
    } catch (error) {
      return (error as { status: number }).status;
    }
  }

  it.each(guarded.map((operation) => [operation.operationId, operation] as const))(
    '%s wants a token and a permission',
    async (name, operation) => {
      expect(await attempt(api.anonymous, operation)).toBe(401);
      const nobodies = {
        access: await api.withGrants([]),
        execution: api.withToken(await executionToken(api.platform, scene.execution, [])),
      };
      for (const [type, nobody] of Object.entries(nobodies)) {
        const status = await attempt(nobody, operation);
        const isOpen = OPEN_WITHOUT_GRANT[name] !== undefined && (operation.auth as readonly string[]).includes(type);
        if (isOpen) expect(status).toBe(200);
        else expect(status === 403 || (HIDDEN_WITHOUT_GRANT.includes(name) && status === 404)).toBe(true);
      }
    },
  );

  it('is allowed by the very permission it names', async () => {
    for (const operation of guarded) {
      // A stream that is allowed has no end.
      if (operation.success.shape === 'sse') continue;
      // Events come from sensors and executions, whatever a person may do.
      if (operation.permission === null || (operation.path.startsWith('/api/v1/events') && operation.method === 'POST'))
        continue;
      const [resource, action] = operation.permission.split(':');
      const client = await api.withGrants([
        { resource: resource as 'rules', actions: [action as 'read'], constraints: null },
      ]);
      expect([operation.operationId, await attempt(client, operation)]).toEqual([
        operation.operationId,
        operation.success.status,
      ]);
    }
  }, 120_000); // one request after the other, and more of them with every operation
});
