import { IdentityRoleAssignmentEntity } from '@attune/common';
import { operations } from '@attune/contract';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('identities', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('are listed by login, without anything secret', async () => {
    const page = await api.admin.call(operations.listIdentities);
    expect(page.items).toMatchObject([{ login: 'admin' }, { id: 1, login: 'system' }]);
    expect(JSON.stringify(page)).not.toMatch(/argon2|password/);
  });

  it('show their roles and permission sets', async () => {
    const { id } = await api.admin.call(operations.getCurrentUser);
    await api.dataSource.getRepository(IdentityRoleAssignmentEntity).insert({ identity_id: id, role: 'operators' });
    const identity = await api.admin.call(operations.getIdentity, { params: { id } });
    expect(identity).toMatchObject({
      login: 'admin',
      frozen: false,
      roles: [{ role: 'operators', source: 'manual', managed: false }],
      direct_permissions: [{ permission_set_ref: 'core.admin', identity_id: id }],
    });
    expect((await api.admin.call(operations.listIdentities)).items[0]).toMatchObject({ roles: ['operators'] });
    await expect(api.admin.call(operations.getIdentity, { params: { id: 4711 } })).rejects.toMatchObject({
      status: 404,
    });
  });
});
