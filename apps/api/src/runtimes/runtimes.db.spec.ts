import { operations } from '@attune/contract';
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
});
