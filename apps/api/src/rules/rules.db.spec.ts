import { execute, run, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { createDemo, ruleBody } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('rules', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  const create = (name: string, more: object = {}) =>
    api.admin.call(operations.createRule, { body: { ...ruleBody('demo', name), ...more } });

  it('belong to who made them and are found from every side', async () => {
    const { id } = await api.admin.call(operations.getCurrentUser);
    const rule = await api.admin.call(operations.getRule, { params: { ref: 'demo.on-call' } });
    expect(rule).toMatchObject({
      owner_identity: id,
      is_adhoc: true,
      enabled: true,
      permission_set_refs: null,
      conditions: {},
    });
    const pages = await Promise.all([
      api.admin.call(operations.listRules),
      api.admin.call(operations.listEnabledRules),
      api.admin.call(operations.listPackRules, { params: { pack_ref: 'demo' } }),
      api.admin.call(operations.listActionRules, { params: { action_ref: 'demo.greet' } }),
      api.admin.call(operations.listTriggerRules, { params: { trigger_ref: 'demo.called' } }),
    ]);
    for (const { items } of pages) expect(items.map(({ ref }) => ref)).toContain('demo.on-call');
    for (const { items } of pages.slice(2)) expect(items).toHaveLength(1);
    const none = await api.admin.call(operations.listActionRules, { params: { action_ref: 'core.noop' } });
    expect(none.items).toEqual([]);
    const unknown = api.admin.call(operations.listActionRules, { params: { action_ref: 'no.action' } });
    await expect(unknown).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    ['an unknown trigger', { trigger_ref: 'no.trigger' }, 404, /trigger no\.trigger/],
    ['an unknown action', { action_ref: 'no.action' }, 404, /action no\.action/],
    ['an unknown pack', { pack_ref: 'nothing' }, 404, /pack nothing/],
    ['a ref that is taken', { ref: 'demo.on-call' }, 409, /already exists/],
    [
      'an unknown operator',
      { conditions: [{ field: 'a', operator: 'resembles', value: 1 }] },
      400,
      /unknown operator 'resembles'/,
    ],
    [
      'an expression nobody can read',
      { conditions: { expression: 'event.payload.x >' } },
      400,
      /conditions cannot be used/,
    ],
    [
      'a pattern that is none',
      { conditions: [{ field: 'a', operator: 'matches', value: '(' }] },
      400,
      /conditions cannot/,
    ],
    ['conditions that are none', { conditions: 'always' }, 422, /conditions must be/],
    [
      'action parameters of the wrong type',
      { action_params: { name: 'x', times: 'many' } },
      422,
      /^Invalid parameters for action 'demo\.greet': .*\/times/,
    ],
    ['missing action parameters', { action_params: {} }, 422, /required property 'name'/],
    ['a template nobody can read', { action_params: { name: '{{ event. }}' } }, 422, /template/],
    [
      'trigger parameters of the wrong type',
      { trigger_params: { level: 'x' } },
      422,
      /^Invalid parameters for trigger 'demo\.called'/,
    ],
    ['parameters that are no object', { action_params: [] }, 422, /action_params must be an object/],
    ['permission sets nobody has', { permission_set_refs: ['no.set'] }, 403, /no\.set/],
  ])('refuse %s', async (_case, wrong, status, message) => {
    await expect(create('wrong', wrong)).rejects.toMatchObject({
      status,
      message: expect.stringMatching(message) as string,
    });
  });

  it('accept every kind of condition and a template in place of any type', async () => {
    const conditions = {
      any: [{ field: 'a.b', operator: 'greater_than', value: 1 }, { all: [{ field: 'x', operator: 'exists' }] }],
    };
    const action_params = { name: 'Ada', times: '{{ event.payload.times }}' };
    const rule = await create('templated', { conditions, action_params });
    expect(rule).toMatchObject({ conditions, action_params });
  });

  it('check parameters again when they or their action change', async () => {
    const params = { ref: 'demo.on-call' };
    const update = (body: object) => api.admin.call(operations.updateRule, { params, body });
    await expect(update({ action_params: { times: 1 } })).rejects.toMatchObject({ status: 422 });
    await expect(update({ action_ref: 'no.action' })).rejects.toMatchObject({ status: 404 });
    const moved = await update({ action_ref: 'core.echo', action_params: { message: 'hi' } });
    expect(moved).toMatchObject({ action_ref: 'core.echo', trigger_ref: 'demo.called' });
    expect((await update({ label: 'Only the label' })).action_params).toEqual({ message: 'hi' });
  });

  it('tell an absent, a null and an empty list of permission sets apart', async () => {
    const params = { ref: 'demo.on-call' };
    const update = async (body: object) =>
      (await api.admin.call(operations.updateRule, { params, body })).permission_set_refs;
    expect(await update({ permission_set_refs: [] })).toEqual([]);
    expect(await update({ label: 'x' })).toEqual([]);
    expect(await update({ permission_set_refs: null })).toBeNull();
    expect(await update({ permission_set_refs: ['core.viewer'] })).toEqual(['core.viewer']);
  });

  it('are switched off and on, and deleted', async () => {
    const params = { ref: 'demo.on-call' };
    expect(await api.admin.call(operations.disableRule, { params })).toMatchObject({ enabled: false });
    expect(await api.admin.call(operations.disableRule, { params })).toMatchObject({ enabled: false });
    expect(await api.admin.call(operations.enableRule, { params })).toMatchObject({ enabled: true });
    await api.admin.call(operations.deleteRule, { params });
    await expect(api.admin.call(operations.getRule, { params })).rejects.toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
  });

  it('are gone for whoever deletes them at the same moment, and announced once', async () => {
    await create('fleeting');
    const other = api.dataSource.createQueryRunner();
    await other.startTransaction();
    await execute(other.manager, sql`delete from rule as r where r.ref = 'demo.fleeting'`);
    const second = api.admin.call(operations.deleteRule, { params: { ref: 'demo.fleeting' } });
    const refused = expect(second).rejects.toMatchObject({ status: 404 });
    await eventually(async () => {
      const waiting = sql`select a.pid from pg_stat_activity as a where a.wait_event_type = 'Lock'
        and a.datname = current_database()`;
      expect(await run(api.dataSource, waiting)).toHaveLength(1);
    });
    await other.commitTransaction();
    await other.release();
    await refused;
  });

  it('cannot be given rights their maker lacks', async () => {
    const editor = await api.withGrants([{ resource: 'rules', actions: ['create'] }]);
    const body = { ...ruleBody('demo', 'greedy'), permission_set_refs: ['core.admin'] };
    await expect(editor.call(operations.createRule, { body })).rejects.toMatchObject({ status: 403 });
    await expect(
      editor.call(operations.createRule, { body: { ...body, permission_set_refs: ['standard'] } }),
    ).resolves.toBeDefined();
  });
});
