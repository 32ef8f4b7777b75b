import { run, sql } from '@attune/common';
import { type ApiClient, type Grant, operations } from '@attune/contract';
import { archiveOf, type Files, packFiles, uploadForm } from '../../spec/pack-archives.js';
import { createDemo, ruleBody } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

/** What an editor may do about packs, actions and rules. */
const EDITOR: readonly Grant[] = [
  { resource: 'packs', actions: ['read', 'create', 'install', 'configure'], constraints: { owner: 'any' } },
  { resource: 'packs', actions: ['read', 'create', 'install', 'configure'] },
  { resource: 'actions', actions: ['read', 'create', 'update', 'execute'] },
  { resource: 'rules', actions: ['read', 'create', 'update'] },
];

/** Code that runs with rights is changed by those only who have them. */
describe('rights that somebody else handed on', () => {
  let api: TestApi;
  let editor: ApiClient;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    editor = await api.withGrants(EDITOR);
    await api.admin.call(operations.createAction, {
      body: {
        ref: 'demo.mighty',
        pack_ref: 'demo',
        label: 'Mighty',
        entrypoint: 'true',
        default_execution_permission_set_refs: ['core.admin'],
      },
    });
    await api.admin.call(operations.createRule, {
      body: { ...ruleBody('demo', 'mighty'), permission_set_refs: ['core.admin'] },
    });
  });
  afterAll(() => api.close());

  const changeRule = (body: object, ref = 'demo.mighty') =>
    editor.call(operations.updateRule, { params: { ref }, body });
  const changeAction = (ref: string, body: object) => editor.call(operations.updateAction, { params: { ref }, body });
  const upload = async (files: Files, fields: Record<string, string> = {}) =>
    editor.call(operations.uploadPack, { form: uploadForm(await archiveOf(files), fields) });

  it('stay with a rule whose action, parameters or trigger others may not change', async () => {
    for (const body of [
      { action_ref: 'core.noop' },
      { action_params: { name: 'x' } },
      { trigger_params: { level: 1 } },
    ]) {
      await expect(changeRule(body)).rejects.toMatchObject({ status: 403 });
    }
    await expect(changeRule({ label: 'Harmless' })).resolves.toMatchObject({ label: 'Harmless' });
    const rule = await api.admin.call(operations.getRule, { params: { ref: 'demo.mighty' } });
    expect(rule.action_ref).toBe('demo.greet');
  });

  it('are no way round by a rule that leaves them to the action', async () => {
    const body = { ...ruleBody('demo', 'sly'), action_ref: 'demo.mighty' };
    await expect(editor.call(operations.createRule, { body })).rejects.toMatchObject({ status: 403 });
    await expect(
      editor.call(operations.createRule, { body: { ...body, permission_set_refs: [] } }),
    ).resolves.toMatchObject({ permission_set_refs: [] });
    await expect(changeRule({ permission_set_refs: null, label: 'x' }, 'demo.sly')).rejects.toMatchObject({
      status: 403,
    });
  });

  it('stay with an action whose code others may not change, whether it has them itself or by a rule', async () => {
    await expect(changeAction('demo.mighty', { entrypoint: 'cat /secret' })).rejects.toMatchObject({ status: 403 });
    await expect(changeAction('demo.greet', { entrypoint: 'cat /secret' })).rejects.toMatchObject({ status: 403 });
    await expect(changeAction('demo.greet', { label: 'Hello' })).resolves.toMatchObject({ label: 'Hello' });
  });

  it('come with no pack whose installer does not have them', async () => {
    const set = (ref: string) => `ref: ${ref}\ngrants: [{ resource: permissions, actions: [manage] }]\n`;
    const naming = `ref: greedy.on\ntrigger_ref: called\naction_ref: greet\npermission_set_refs: [core.admin]\n`;
    for (const more of [{ 'permission_sets/all.yaml': set('greedy.all') }, { 'rules/on.yaml': naming }]) {
      await expect(upload(packFiles('greedy', '1.0.0', more))).rejects.toMatchObject({ status: 403 });
    }
    const left = await run(api.dataSource, sql`select p.ref from pack as p where p.ref = 'greedy'`);
    expect(left).toEqual([]);
    await expect(upload(packFiles('modest'))).resolves.toMatchObject({ pack: { ref: 'modest' } });
    // Rules of others run the code of this pack with more than its installer has.
    await api.admin.call(operations.createRule, {
      body: { ...ruleBody('demo', 'trusting'), action_ref: 'modest.greet', permission_set_refs: ['core.admin'] },
    });
    await expect(upload(packFiles('modest', '2.0.0'), { force: 'true' })).rejects.toMatchObject({ status: 403 });
  });

  it('are not reached by another version of a pack that came with the product', async () => {
    await expect(upload(packFiles('core', '9.0.0'), { force: 'true' })).rejects.toMatchObject({ status: 403 });
    const core = await api.admin.call(operations.getPack, { params: { ref: 'core' } });
    expect(core.version).not.toBe('9.0.0');
  });

  it('are not widened by a set that opens the things of others', async () => {
    const holder = await api.withGrants([...EDITOR, { resource: 'keys', actions: ['read', 'decrypt'] }]);
    await run(
      api.dataSource,
      sql`
      insert into permission_set (ref, grants)
      values ('demo.vault', '[{"resource":"keys","actions":["read","decrypt"],"constraints":{"owner":"any"}}]')
      returning id`,
    );
    const body = { action_ref: 'core.noop', permission_set_refs: ['demo.vault'] };
    await expect(holder.call(operations.executeAction, { body })).rejects.toMatchObject({ status: 403 });
  });

  it('do not take the secrets of a rule along to another action', async () => {
    const body = { ...ruleBody('demo', 'sealed'), action_params: { name: 'x', token: 'hunter2' } };
    await api.admin.call(operations.createRule, { body });
    const change = (body: object) =>
      editor.call(operations.updateRule, {
        params: { ref: 'demo.sealed' },
        body: { action_ref: 'core.echo', ...body },
      });
    await expect(change({})).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('/token') as string,
    });
    await expect(change({ action_params: { message: 'x' } })).resolves.toMatchObject({ action_ref: 'core.echo' });
  });
});
