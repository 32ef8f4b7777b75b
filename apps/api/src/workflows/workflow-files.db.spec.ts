import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('workflow files', () => {
  let api: TestApi;
  let directory: string;

  const body = {
    name: 'flow',
    label: 'Flow',
    version: '1.10',
    pack_ref: 'demo',
    description: 'Says: "hello"',
    definition: {
      label: 'ignored',
      tasks: [{ name: 'a', action: 'demo.greet', input: { name: '{{ parameters.who }}' } }],
    },
    param_schema: { who: { type: 'string' } },
    tags: ['x'],
  };

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    directory = join(api.platform.config.packsBaseDir, 'demo');
  });
  afterAll(() => api.close());

  const create = (changes: object = {}, pack = 'demo') =>
    api.admin.call(operations.createWorkflowFile, { params: { pack_ref: pack }, body: { ...body, ...changes } });
  const update = (ref: string, changes: object = {}) =>
    api.admin.call(operations.updateWorkflowFile, { params: { ref }, body: { ...body, ...changes } });
  const sync = () => api.admin.call(operations.syncPackWorkflows, { params: { ref: 'demo' } });
  const get = (ref: string) => api.admin.call(operations.getWorkflow, { params: { ref } });

  it('are written and loaded, and say the same when they are loaded again', async () => {
    const made = await create();
    expect(made).toMatchObject({
      ref: 'demo.flow',
      label: 'Flow',
      version: '1.10',
      description: 'Says: "hello"',
      param_schema: body.param_schema,
      tags: ['x'],
    });
    expect(await readFile(join(directory, 'workflows/flow.yaml'), 'utf8')).toMatch(/^ref: demo.flow\nlabel: Flow\n/);
    const action = await api.admin.call(operations.getAction, { params: { ref: 'demo.flow' } });
    expect(action).toMatchObject({ workflow_def: made.id, is_adhoc: false });
    expect(await sync()).toMatchObject({ errors: [], workflows: [{ ref_name: 'demo.flow', created: false }] });
    expect(await get('demo.flow')).toEqual(made);
    await expect(create()).rejects.toMatchObject({ status: 409 });
  });

  it('are changed in their place', async () => {
    const changed = await update('demo.flow', {
      label: 'Better',
      tags: null,
      description: null,
      param_schema: { who: {} },
    });
    expect(changed).toMatchObject({ label: 'Better', tags: [], description: null });
    await sync();
    expect(await get('demo.flow')).toEqual(changed);
    expect(await readdir(join(directory, 'workflows'))).toEqual(['flow.yaml']);
  });

  it('come to workflows that had none', async () => {
    const plain = { ref: 'demo.plain', pack_ref: 'demo', label: 'Plain', version: '1', definition: body.definition };
    const { id } = await api.admin.call(operations.createWorkflow, { body: plain });
    expect(await update('demo.plain', { name: 'plain' })).toMatchObject({ id, label: 'Flow' });
    expect(await readdir(join(directory, 'workflows'))).toEqual(['flow.yaml', 'plain.yaml']);
  });

  it('are changed together with the action that names them', async () => {
    await mkdir(join(directory, 'actions/workflows'), { recursive: true });
    await writeFile(
      join(directory, 'actions/deploy.yaml'),
      '# Ships it\nref: demo.deploy\nlabel: Old\nworkflow_file: workflows/deploy.workflow.yaml\ntimeout: 60 # enough\n',
    );
    await writeFile(
      join(directory, 'actions/workflows/deploy.workflow.yaml'),
      'version: 1.0.0\ntasks: [{name: a, action: demo.greet}]\n',
    );
    await sync();
    const changed = await update('demo.deploy', { name: 'deploy', label: 'New' });
    const text = await readFile(join(directory, 'actions/deploy.yaml'), 'utf8');
    expect(text).toContain('# Ships it\nref: demo.deploy\nlabel: New\n');
    expect(text).toContain('timeout: 60 # enough\n');
    await sync();
    expect(await get('demo.deploy')).toEqual(changed);
    expect(await api.admin.call(operations.getAction, { params: { ref: 'demo.deploy' } })).toMatchObject({
      label: 'New',
      entrypoint: 'workflows/deploy.workflow.yaml',
      param_schema: body.param_schema,
    });
  });

  it.each([
    ['a name that leads elsewhere', { name: '../../etc/x' }, 400],
    ['a name with a dot', { name: 'a.b' }, 422],
    ['capitals in a name', { name: 'Flow' }, 422],
    ['the name of an action', { name: 'greet' }, 409],
    ['another pack in the body', { name: 'new', pack_ref: 'core' }, 400],
    ['a graph with faults', { name: 'new', definition: { tasks: [{ name: 'a', action: 'nodot' }] } }, 422],
    ['a graph that is no object', { name: 'new', definition: null }, 422],
    ['a schema that is none', { name: 'new', param_schema: { a: { type: 'x' } } }, 422],
  ])('refuse %s, and write nothing', async (_case, wrong, status) => {
    const files = await readdir(directory, { recursive: true });
    await expect(create(wrong)).rejects.toMatchObject({ status });
    expect(await readdir(directory, { recursive: true })).toEqual(files);
  });

  it('refuse another name, and workflows and packs that are not there', async () => {
    await expect(update('demo.flow', { name: 'other' })).rejects.toMatchObject({ status: 400 });
    await expect(update('demo.nothing')).rejects.toMatchObject({ status: 404 });
    await expect(create({ pack_ref: 'core' }, 'core')).rejects.toMatchObject({ status: 400 });
    await expect(create({}, 'nothing')).rejects.toMatchObject({ status: 404 });
  });

  it('need the rights about actions', async () => {
    const nobody = await api.withGrants([{ resource: 'actions', actions: ['read'] }]);
    const params = { pack_ref: 'demo' };
    await expect(
      nobody.call(operations.createWorkflowFile, { params, body: { ...body, name: 'new' } }),
    ).rejects.toMatchObject({ status: 403 });
    await expect(
      nobody.call(operations.updateWorkflowFile, { params: { ref: 'demo.flow' }, body }),
    ).rejects.toMatchObject({ status: 403 });
  });
});
