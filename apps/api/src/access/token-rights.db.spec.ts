import { execute, PermissionSetEntity, sql } from '@attune/common';
import { type ApiClient, operations } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { createHolder, createIdentity } from '../../spec/identities.js';
import { createScene, type Scene } from '../../spec/scene.js';
import { startSecondApi, startTestApi, type TestApi } from '../../spec/test-api.js';
import { executionToken, sensorToken, signToken, workerToken } from '../../spec/tokens.js';

const refused = (status: number) => expect.objectContaining({ status }) as unknown;

describe('the rights of a token', () => {
  let api: TestApi;
  let scene: Scene;

  beforeAll(async () => {
    api = await startTestApi();
    scene = await createScene(api);
  });
  afterAll(() => scene.close());

  const storeSet = (ref: string, grants: unknown) =>
    api.dataSource.manager.save(Object.assign(new PermissionSetEntity(), { ref, grants: grants as JsonObject[] }));
  const ofExecution = async (sets: string[]) =>
    api.withToken(await executionToken(api.platform, scene.execution, sets));
  const listRules = (client: ApiClient) => client.call(operations.listRules);

  describe('of a person', () => {
    it('end in every process as soon as they are taken away', async () => {
      const second = await startSecondApi(api);
      try {
        const somebody = await createHolder(api.platform, 'core.viewer');
        const clients = [api.withToken(somebody.token), second.withToken(somebody.token)];
        const ask = () => Promise.allSettled(clients.map(listRules));
        const both = (status: number) => [status, status].map((one) => ({ status: 'rejected', reason: refused(one) }));
        const change = (statement: ReturnType<typeof sql>) => execute(api.dataSource, statement);

        expect((await ask()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
        await change(sql`update identity as i set frozen = true where i.id = ${somebody.id}`);
        expect(await ask()).toEqual(both(403));
        await change(sql`update identity as i set frozen = false where i.id = ${somebody.id}`);
        expect((await ask()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
        await change(sql`delete from permission_assignment as a where a.identity_id = ${somebody.id}`);
        expect(await ask()).toEqual(both(403));
        await change(sql`delete from identity as i where i.id = ${somebody.id}`);
        expect(await ask()).toEqual(both(401));
      } finally {
        await second.close();
      }
    });

    it('hold nothing of a set that cannot be read', async () => {
      const grants = [{ resource: 'rules', actions: ['read'], weekdays: ['monday'] }];
      const { token } = await createIdentity(api.platform, grants as never);
      await expect(listRules(api.withToken(token))).rejects.toMatchObject({ status: 403 });
    });

    it.each([
      ['a grant nobody understands', [{ resource: 'rules', actions: ['read'], weekdays: ['monday'] }]],
      ['a resource nobody knows', [{ resource: 'everything', actions: ['read'] }]],
    ])('do not hand on a set with %s', async (_case, grants) => {
      const { ref } = await storeSet(`demo.${scene.fresh()}`, grants);
      const body = { action_ref: 'demo.greet', permission_set_refs: [ref] };
      await expect(api.admin.call(operations.executeAction, { body })).rejects.toMatchObject({ status: 403 });
      const actions = await api.admin.call(operations.listActions, { query: { executable_with_current_access: true } });
      expect(actions.items.map((action) => action.ref)).toContain('demo.greet');
    });
  });

  describe('of an execution', () => {
    it('are refused as a whole when a set it names is gone', async () => {
      const { ref, id } = await storeSet(`demo.${scene.fresh()}`, []);
      const client = await ofExecution(['core.viewer', ref]);
      await expect(listRules(client)).resolves.toBeDefined();
      await execute(api.dataSource, sql`delete from permission_set as p where p.id = ${id}`);
      for (const operation of [operations.listRules, operations.listPacks, operations.listActions]) {
        await expect(client.call(operation)).rejects.toMatchObject({ status: 403 });
      }
      await expect(client.call(operations.getCurrentUser)).resolves.toBeDefined();
    });

    it('are no rights of its identity, and hand on no more than they are', async () => {
      const client = await ofExecution(['core.executor']);
      const start = (sets: string[]) =>
        client.call(operations.executeAction, { body: { action_ref: 'demo.greet', permission_set_refs: sets } });
      await expect(start(['core.editor'])).rejects.toMatchObject({ status: 403 });
      await expect(start(['core.admin'])).rejects.toMatchObject({ status: 403 });
      const { executor } = await api.admin.call(operations.getExecution, { params: { id: scene.execution } });
      expect(await start(['core.executor', 'standard'])).toMatchObject({ parent: scene.execution, executor });
      await expect(client.call(operations.listIdentities)).rejects.toMatchObject({ status: 403 });
    });

    it('end with its identity', async () => {
      const { id, login } = await createHolder(api.platform, 'core.admin');
      const metadata = { execution_id: scene.execution, permission_set_refs: ['core.viewer'] };
      const token = await signToken(api.platform, { identityId: id, login, type: 'execution', metadata });
      const client = api.withToken(token);
      await expect(listRules(client)).resolves.toBeDefined();
      await execute(api.dataSource, sql`update identity as i set frozen = true where i.id = ${id}`);
      await expect(listRules(client)).rejects.toMatchObject({ status: 403 });
      await execute(api.dataSource, sql`delete from identity as i where i.id = ${id}`);
      await expect(listRules(client)).rejects.toMatchObject({ status: 401 });
    });

    it.each([undefined, {}, { execution_id: 1 }])('are not read from %j', async (metadata) => {
      const token = await signToken(api.platform, {
        login: 'execution:1',
        type: 'execution',
        ...(metadata && { metadata }),
      });
      await expect(listRules(api.withToken(token))).rejects.toMatchObject({ status: 401 });
    });
  });

  describe('of a process of the platform', () => {
    it('let a sensor see the rules of its triggers, and of no others', async () => {
      const sensor = api.withToken(await sensorToken(api.platform, 'demo.sensor', ['demo.called']));
      const rulesOf = (trigger: string) =>
        sensor.call(operations.listTriggerRules, { params: { trigger_ref: trigger } });
      expect((await rulesOf('demo.called')).items.map(({ ref }) => ref)).toContain('demo.on-call');
      await expect(rulesOf('core.alert')).rejects.toMatchObject({ status: 403 });
    });

    it('are those of its kind, whoever it runs as', async () => {
      const { id: identityId } = await api.admin.call(operations.getCurrentUser);
      const tokens = [
        await sensorToken(api.platform, 'demo.sensor', ['demo.called']),
        await workerToken(api.platform, scene.worker),
        await signToken(api.platform, { identityId, login: 'admin', type: 'sensor' }),
      ];
      for (const token of tokens) {
        const client = api.withToken(token);
        for (const operation of [operations.listRules, operations.listPacks, operations.getCurrentUser]) {
          await expect(client.call(operation)).rejects.toMatchObject({ status: 403 });
        }
      }
    });
  });
});
