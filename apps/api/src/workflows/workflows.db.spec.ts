import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('workflows', () => {
  let api: TestApi;

  const definition = { tasks: [{ name: 'greet', action: 'demo.greet', input: { name: '{{ parameters.who }}' } }] };
  const body = {
    ref: 'demo.flow',
    pack_ref: 'demo',
    label: 'Flow',
    version: '1.0.0',
    definition,
    param_schema: { who: { type: 'string' } },
    tags: ['a', 'b'],
  };
  const params = { ref: 'demo.flow' };

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    await api.admin.call(operations.createWorkflow, { body });
  });
  afterAll(() => api.close());

  const create = (changes: object = {}) =>
    api.admin.call(operations.createWorkflow, { body: { ...body, ref: 'demo.other', ...changes } });
  const update = (changes: object, ref = 'demo.flow') =>
    api.admin.call(operations.updateWorkflow, { params: { ref }, body: changes });
  const actionOf = (ref: string) => api.admin.call(operations.getAction, { params: { ref } });

  it('come with the action through which they are run', async () => {
    const workflow = await api.admin.call(operations.getWorkflow, { params });
    expect(workflow).toMatchObject({ ...body, out_schema: null, description: null });
    const action = await actionOf('demo.flow');
    expect(action).toMatchObject({
      label: 'Flow',
      entrypoint: 'workflow',
      runtime: null,
      workflow_def: workflow.id,
      param_schema: body.param_schema,
      is_adhoc: true,
    });
  });

  it('change field by field, and their action follows', async () => {
    const before = await api.admin.call(operations.getWorkflow, { params });
    const { id } = await actionOf('demo.flow');
    const changed = await update({
      label: 'Better flow',
      version: null,
      param_schema: { who: { type: 'string' }, n: { type: 'integer' } },
    });
    expect(changed).toMatchObject({
      id: before.id,
      label: 'Better flow',
      version: '1.0.0',
      definition,
      tags: ['a', 'b'],
    });
    expect(await actionOf('demo.flow')).toMatchObject({ id, label: 'Better flow', param_schema: changed.param_schema });
    const same = await update({ label: 'Better flow' });
    expect(same.updated).toBe(changed.updated);
    await expect(update({ definition: { tasks: [] } })).rejects.toMatchObject({ status: 422 });
    expect(await update({ label: 'Flow' })).toMatchObject({ definition });
    await expect(update({}, 'demo.nothing')).rejects.toMatchObject({ status: 404 });
  });

  it('leave nothing behind when they cannot be stored', async () => {
    await expect(create({ ref: 'demo.greet' })).rejects.toMatchObject({ status: 409 });
    await expect(create({ ref: 'Not An Action' })).rejects.toMatchObject({ status: 400 });
    await expect(create({ ref: 'demo.a.b' })).rejects.toMatchObject({ status: 422 });
    const rows = await run(api.dataSource, sql`select w.ref from workflow_definition as w where w.ref <> 'demo.flow'`);
    expect(rows).toEqual([]);
    expect(await actionOf('demo.greet')).not.toHaveProperty('workflow_def');
  });

  it('are refused with everything that is wrong', async () => {
    const wrong = {
      tasks: [
        { name: 'a', action: 'nodot', next: [{ do: 'nowhere' }] },
        { name: 'a', action: 'demo.greet', input: { x: '{{ oops( }}' } },
      ],
    };
    await expect(create({ definition: wrong })).rejects.toMatchObject({
      status: 422,
      code: 'VALIDATION_ERROR',
      message: expect.stringMatching(
        /tasks\[0\]\.action: .*tasks\[1\]\.name: .*tasks\[0\]\.next\[0\]\.do: .*tasks\[1\]\.input\.x: /s,
      ) as string,
    });
  });

  it.each([
    ['a ref that is taken', { ref: 'demo.flow' }, 409],
    ['an unknown pack', { pack_ref: 'nothing' }, 404],
    ['a definition that is no object', { definition: [1] }, 422],
    ['no definition', { definition: null }, 422],
    ['a schema that is none', { param_schema: { a: { type: 'x' } } }, 422],
    ['a version that is too long', { version: 'x'.repeat(51) }, 422],
  ])('refuse %s', async (_case, wrong, status) => {
    await expect(create(wrong)).rejects.toMatchObject({ status });
  });

  it('say what is ignored, and which actions are not there yet', async () => {
    const { app } = api;
    const { access_token: token } = await api.anonymous.call(operations.login, {
      body: { login: 'admin', password: 'correct horse battery' },
    });
    const odd = { color: 'red', tasks: [{ name: 'a', action: 'demo.later' }] };
    const { statusCode, payload } = await app.inject({
      method: 'POST',
      url: '/api/v1/workflows',
      headers: { authorization: `Bearer ${token}` },
      payload: { ...body, ref: 'demo.odd', definition: odd },
    });
    expect(statusCode).toBe(201);
    expect(JSON.parse(payload)).toMatchObject({
      message: 'Workflow created, with warnings: color: unknown key, ignored; there is no action demo.later yet',
    });
    await api.admin.call(operations.deleteWorkflow, { params: { ref: 'demo.odd' } });
  });

  it('are listed by label, with any of some tags, by text and by pack', async () => {
    await create({ ref: 'demo.zoo', label: 'A zoo', description: 'Feeds 100% of the lions', tags: ['c'] });
    const list = async (query: object) =>
      (await api.admin.call(operations.listWorkflows, { query })).items.map(({ ref }) => ref);
    expect(await list({ pack_ref: 'demo' })).toEqual(['demo.zoo', 'demo.flow']);
    expect(await list({ tags: 'b, c' })).toEqual(['demo.zoo', 'demo.flow']);
    expect(await list({ tags: 'c' })).toEqual(['demo.zoo']);
    expect(await list({ search: 'LIONS' })).toEqual(['demo.zoo']);
    expect(await list({ search: '100%' })).toEqual(['demo.zoo']);
    expect(await list({ search: '%' })).toEqual(['demo.zoo']);
    expect(await list({ pack_ref: 'core', search: 'zoo' })).toEqual([]);
    const ofPack = await api.admin.call(operations.listPackWorkflows, { params: { pack_ref: 'demo' } });
    expect(ofPack.items.map(({ ref }) => ref)).toEqual(['demo.zoo', 'demo.flow']);
    await expect(
      api.admin.call(operations.listPackWorkflows, { params: { pack_ref: 'nothing' } }),
    ).rejects.toMatchObject({ status: 404 });
    await api.admin.call(operations.deleteWorkflow, { params: { ref: 'demo.zoo' } });
    await expect(actionOf('demo.zoo')).rejects.toMatchObject({ status: 404 });
    await expect(api.admin.call(operations.getWorkflow, { params: { ref: 'demo.zoo' } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('are seen and changed like actions, within the constraints of grants', async () => {
    const elsewhere = await api.withGrants([
      { resource: 'actions', actions: ['read', 'create', 'update', 'delete'], constraints: { pack_refs: ['core'] } },
    ]);
    expect((await elsewhere.call(operations.listWorkflows)).items).toEqual([]);
    for (const attempt of [
      () => elsewhere.call(operations.getWorkflow, { params }),
      () => elsewhere.call(operations.createWorkflow, { body: { ...body, ref: 'demo.x' } }),
      () => elsewhere.call(operations.updateWorkflow, { params, body: {} }),
      () => elsewhere.call(operations.deleteWorkflow, { params }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 403 });
    }
  });

  it('tell the audit log who changed what', async () => {
    await create({ ref: 'demo.told' });
    await update({ label: 'Told' }, 'demo.told');
    await api.admin.call(operations.deleteWorkflow, { params: { ref: 'demo.told' } });
    const told = await run(
      api.dataSource,
      sql`
      select a.details from audit_event as a
      where
        a.event_type = 'definition.workflow.changed' and a.resource_ref = 'demo.told' and a.created > now() - interval '1 hour'
      order by a.id`,
    );
    expect(told).toEqual([
      { details: { change: 'created' } },
      { details: { change: 'updated', fields: ['label'] } },
      { details: { change: 'deleted' } },
    ]);
  });

  describe('in files of a pack', () => {
    const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
      for (const [path, text] of Object.entries(files)) {
        const target = join(api.platform.config.packsBaseDir, 'demo', path);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, text);
      }
    };
    const sync = () => api.admin.call(operations.syncPackWorkflows, { params: { ref: 'demo' } });
    const validate = () => api.admin.call(operations.validatePackWorkflows, { params: { ref: 'demo' } });

    it('are none where there are none', async () => {
      expect(await sync()).toEqual({
        pack_ref: 'demo',
        loaded_count: 0,
        registered_count: 0,
        workflows: [],
        errors: [],
      });
    });

    it('are loaded with the action that names them, or by themselves', async () => {
      await write({
        'actions/deploy.yaml': [
          'ref: demo.deploy',
          'label: Deploy',
          'workflow_file: workflows/deploy.workflow.yaml',
          'parameters: {host: {type: string}}',
          'default_execution_permission_set_refs: [core.viewer]',
          'tags: [ops]',
        ].join('\n'),
        'actions/workflows/deploy.workflow.yaml':
          'version: 1.0.0\ntasks:\n  - name: a\n    action: demo.greet\n    input: {name: "{{ parameters.host }}"}\n',
        'workflows/alone.yaml': 'version: 2.0.0\nlabel: Alone\ncolor: red\ntasks:\n  - {name: a, action: demo.greet}\n',
      });
      const first = await sync();
      expect(first).toMatchObject({
        loaded_count: 2,
        registered_count: 2,
        workflows: [
          { ref_name: 'demo.deploy', created: true, warnings: [] },
          { ref_name: 'demo.alone', created: true, warnings: ['workflows/alone.yaml:3 color: unknown key, ignored'] },
        ],
        errors: [],
      });
      expect(await actionOf('demo.deploy')).toMatchObject({
        entrypoint: 'workflows/deploy.workflow.yaml',
        is_adhoc: false,
        workflow_def: first.workflows[0]?.workflow_def_id,
        param_schema: { host: { type: 'string' } },
        default_execution_permission_set_refs: ['core.viewer'],
      });
      expect(await actionOf('demo.alone')).toMatchObject({ entrypoint: 'workflow', label: 'Alone' });
      const again = await sync();
      expect(again.workflows.map(({ created }) => created)).toEqual([false, false]);
      // A change over the API keeps what only the file of the action says.
      await update({ label: 'Deploy it' }, 'demo.deploy');
      expect(await actionOf('demo.deploy')).toMatchObject({
        label: 'Deploy it',
        entrypoint: 'workflows/deploy.workflow.yaml',
        default_execution_permission_set_refs: ['core.viewer'],
      });
    });

    it('are checked one by one, with the line of each problem, and the good ones loaded', async () => {
      await write({
        'workflows/bad.yaml': 'version: 1\ntasks:\n  - name: a\n    action: demo.greet\n    next:\n      - do: gone\n',
        'workflows/broken.yaml': 'version: "1\n',
        'workflows/greet.yaml': 'version: 1.0.0\ntasks: [{name: a, action: demo.greet}]\n',
      });
      const checked = await validate();
      expect(checked).toMatchObject({ validated_count: 5, error_count: 3 });
      expect(checked.errors['workflows/bad.yaml']).toEqual([
        'workflows/bad.yaml:1 version: must be text, not a number (put it in quotes)',
        "workflows/bad.yaml:6 tasks.0.next.0.do: there is no task 'gone'",
      ]);
      expect(checked.errors['workflows/broken.yaml']).toHaveLength(1);
      const synced = await sync();
      expect(synced.workflows.map(({ ref_name: ref }) => ref)).toEqual(['demo.deploy', 'demo.alone']);
      expect(synced.errors).toHaveLength(4);
      expect(synced.errors.at(-1)).toMatch(/^workflows\/greet.yaml: The action demo.greet already exists/);
    });

    it('need the right to configure the pack', async () => {
      const reader = await api.withGrants([{ resource: 'packs', actions: ['read'], constraints: { owner: 'any' } }]);
      await expect(reader.call(operations.syncPackWorkflows, { params: { ref: 'demo' } })).rejects.toMatchObject({
        status: 403,
      });
      await expect(reader.call(operations.validatePackWorkflows, { params: { ref: 'demo' } })).rejects.toMatchObject({
        status: 403,
      });
    });
  });
});
