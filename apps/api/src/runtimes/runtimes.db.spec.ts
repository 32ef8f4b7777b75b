import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('runtimes', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('come with the core pack', async () => {
    const all = await api.admin.call(operations.listRuntimes);
    expect(all.items.map(({ ref }) => ref)).toEqual(
      expect.arrayContaining(['core.nodejs', 'core.python', 'core.shell']),
    );
    const ofCore = await api.admin.call(operations.listPackRuntimes, { params: { pack_ref: 'core' } });
    expect(ofCore.items).toEqual(all.items);
    const shell = await api.admin.call(operations.getRuntime, { params: { ref: 'core.shell' } });
    expect(shell).toMatchObject({ name: expect.any(String) as string, pack_ref: 'core' });
  });

  it('are refused to the unauthorised before anything is looked up', async () => {
    const nobody = await api.withGrants([]);
    await expect(nobody.call(operations.getRuntime, { params: { ref: 'no.runtime' } })).rejects.toMatchObject({
      status: 403,
    });
    await expect(api.admin.call(operations.getRuntime, { params: { ref: 'no.runtime' } })).rejects.toMatchObject({
      status: 404,
    });
    const unknown = api.admin.call(operations.listPackRuntimes, { params: { pack_ref: 'nothing' } });
    await expect(unknown).rejects.toMatchObject({ status: 404 });
  });

  it('are made, changed field by field, and taken away', async () => {
    const body = { ref: 'perl', name: 'Perl', description: 'Old and good' };
    const made = await api.admin.call(operations.createRuntime, { body });
    expect(made).toMatchObject({ ...body, pack: null, pack_ref: null, distributions: {}, execution_config: {} });
    const params = { ref: 'perl' };
    const changed = await api.admin.call(operations.updateRuntime, {
      params,
      body: {
        execution_config: { interpreter: { binary: 'perl' } },
        installation: { op: 'set', value: { package: 'perl' } },
        description: { op: 'clear' },
        distributions: null,
      },
    });
    expect(changed).toMatchObject({
      name: 'Perl',
      description: null,
      execution_config: { interpreter: { binary: 'perl' } },
      installation: { package: 'perl' },
      distributions: {},
    });
    const emptied = await api.admin.call(operations.updateRuntime, { params, body: { installation: { op: 'clear' } } });
    expect(emptied).toMatchObject({ installation: {}, execution_config: { interpreter: { binary: 'perl' } } });
    await api.admin.call(operations.deleteRuntime, { params });
    await expect(api.admin.call(operations.getRuntime, { params })).rejects.toMatchObject({ status: 404 });
  });

  it('stay while an action or a sensor is written for them', async () => {
    await api.admin.call(operations.createRuntime, { body: { ref: 'tcl', name: 'Tcl' } });
    await createDemo(api.admin);
    const action = { ref: 'demo.tcl', pack_ref: 'demo', label: 'Tcl', entrypoint: 'puts 1', runtime_ref: 'tcl' };
    await api.admin.call(operations.createAction, { body: action });
    const remove = () => api.admin.call(operations.deleteRuntime, { params: { ref: 'tcl' } });
    await expect(remove()).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
    await api.admin.call(operations.deleteAction, { params: { ref: 'demo.tcl' } });
    const sensor = {
      ref: 'demo.watch',
      pack_ref: 'demo',
      label: 'Watch',
      entrypoint: 'watch.tcl',
      runtime_ref: 'tcl',
      trigger_ref: 'demo.called',
    };
    await api.admin.call(operations.createSensor, { body: sensor });
    await expect(remove()).rejects.toMatchObject({ status: 409 });
    await api.admin.call(operations.deleteSensor, { params: { ref: 'demo.watch' } });
    await remove();
  });

  it.each([
    ['capitals in a ref', { ref: 'Perl' }, 422],
    ['a ref that is taken', { ref: 'core.shell' }, 409],
    ['an unknown pack', { pack_ref: 'nothing' }, 404],
    ['distributions that are no object', { distributions: [1] }, 422],
    ['an empty description', { description: '' }, 422],
  ])('refuse %s', async (_case, wrong, status) => {
    const body = { ref: 'lua', name: 'Lua', ...wrong };
    await expect(api.admin.call(operations.createRuntime, { body })).rejects.toMatchObject({ status });
  });
});
