import { insertEnforcements } from '@attune/common';
import { type AnyOperation, type ApiClient, operations } from '@attune/contract';
import { createDemo, ruleBody } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { unavailableOperations } from '../unavailable/unavailable-operations.js';
import { executionToken, sensorToken } from '../../spec/tokens.js';

/** Operations that answer without any grant, and why that is right. */
const OPEN_WITHOUT_GRANT: Readonly<Record<string, string>> = {
  getCurrentUser: 'everybody may know who they are',
  getQueueStats: 'counts only, promised to every caller',
  listPacks: 'shows standard packs, which are for everybody',
};

describe('every operation', () => {
  let api: TestApi;
  let ids: { execution: number; enforcement: number; event: number; inquiry: number };

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    await api.admin.call(operations.createTrigger, { body: { ref: 'demo.idle', pack_ref: 'demo', label: 'Idle' } });
    await api.admin.call(operations.createSensor, { body: sensorBody('demo.sensor', 'demo.called') });
    await api.admin.call(operations.createWorkflow, { body: workflowBody });
    const execution = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
    const sensor = api.withToken(await sensorToken(api.platform, 'demo.sensor', ['demo.called']));
    const event = await sensor.call(operations.createEvent, { body: { trigger_ref: 'demo.called' } });
    const [enforcement = 0] = await insertEnforcements(api.dataSource, [
      { rule: null, rule_ref: 'demo.on-call', trigger_ref: 'demo.called', event: event.id },
    ]);
    await api.dataSource.query(
      `insert into queue_stats (action_id, action_ref) select a.id, a.ref from action as a where a.ref = 'demo.greet'`,
    );
    const { id: asking } = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
    const inquiry = await api.admin.call(operations.createInquiry, { body: { execution: asking, prompt: 'Go on?' } });
    ids = { execution: execution.id, enforcement, event: event.id, inquiry: inquiry.id };
  });
  afterAll(() => api.close());

  const guarded = Object.values<AnyOperation>(operations).filter(
    (operation) => Array.isArray(operation.auth) && !unavailableOperations.includes(operation),
  );

  /** A request that would succeed for somebody with the right: everything it names exists. */
  function request(operation: AnyOperation) {
    const things = {
      packs: 'demo',
      triggers: 'demo.called',
      actions: 'demo.greet',
      rules: 'demo.on-call',
      runtimes: 'core.shell',
      sensors: 'demo.sensor',
      workflows: 'demo.flow',
    };
    const kind = /\/api\/v1\/(\w+)/.exec(operation.path)?.[1] ?? '';
    const id =
      { executions: ids.execution, enforcements: ids.enforcement, events: ids.event, inquiries: ids.inquiry }[kind] ??
      1;
    return {
      params: {
        ref: things[kind as keyof typeof things],
        pack_ref: 'demo',
        action_ref: 'demo.greet',
        trigger_ref: 'demo.called',
        status: kind === 'inquiries' ? 'pending' : 'requested',
        id,
        execution_id: ids.execution,
        enforcement_id: ids.enforcement,
        entity_type: 'execution',
      },
      body: bodies[operation.operationId] ?? (operation === operations.createInquiry ? question() : {}),
    };
  }
  const sensorBody = (ref: string, trigger_ref: string) => ({
    ref,
    trigger_ref,
    pack_ref: 'demo',
    label: 'Sensor',
    entrypoint: 'watch.py',
    runtime_ref: 'core.python',
  });
  const definition = { tasks: [{ name: 'greet', action: 'demo.greet' }] };
  const workflowBody = { ref: 'demo.flow', pack_ref: 'demo', label: 'Flow', version: '1.0.0', definition };
  const question = () => ({ execution: ids.execution, prompt: 'Go on?' });
  const bodies: Readonly<Record<string, object>> = {
    createPack: { ref: 'new', label: 'New', version: '1.0.0' },
    createTrigger: { ref: 'demo.new', pack_ref: 'demo', label: 'New' },
    createAction: { ref: 'demo.new', pack_ref: 'demo', label: 'New', entrypoint: 'true' },
    createRule: ruleBody('demo', 'new'),
    createEvent: { trigger_ref: 'demo.called' },
    createEvents: { events: [{ trigger_ref: 'demo.called' }] },
    executeAction: { action_ref: 'demo.greet' },
    createRuntime: { ref: 'new', name: 'New' },
    createSensor: sensorBody('demo.new', 'demo.idle'),
    createWorkflow: { ...workflowBody, ref: 'demo.newer' },
    createWorkflowFile: { ...workflowBody, name: 'newest' },
    updateWorkflowFile: { ...workflowBody, name: 'flow' },
    respondToInquiry: { response: true },
  };
  const attempt = async (client: ApiClient, operation: AnyOperation): Promise<number> => {
    const { params, body } = request(operation);
    const input = { ...(operation.params && { params }), ...(operation.body && { body }) };
    try {
      await client.call(operation as typeof operations.listRules, input as object);
      return operation.success.status;
    } catch (error) {
      return (error as { status: number }).status;
    }
  };

  it.each(guarded.map((operation) => [operation.operationId, operation] as const))(
    '%s wants a token and a permission',
    async (name, operation) => {
      expect(await attempt(api.anonymous, operation)).toBe(401);
      const nobody = await attempt(await api.withGrants([]), operation);
      if (OPEN_WITHOUT_GRANT[name] === undefined)
        expect(nobody === 403 || (name === 'getPack' && nobody === 404)).toBe(true);
      else expect(nobody).toBe(200);
      for (const token of [
        await sensorToken(api.platform, 'demo.sensor', []),
        await executionToken(api.platform, ids.execution, []),
      ]) {
        const status = await attempt(api.withToken(token), operation);
        if (OPEN_WITHOUT_GRANT[name] === undefined) expect([403, 404]).toContain(status);
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
        {
          resource: resource as 'rules',
          actions: [action as 'read'],
          constraints: resource === 'packs' ? { owner: 'any' } : null,
        },
      ]);
      // Deletions last: the others need what they delete. What was already deleted is a 404 then, but never a 403.
      expect([operation.operationId, await attempt(client, operation)]).not.toEqual([operation.operationId, 403]);
    }
  });
});
