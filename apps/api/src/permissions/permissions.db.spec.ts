import { findPermissionSets, PermissionSetEntity } from '@attune/common';
import { type Grant, operations } from '@attune/contract';
import { bootstrap } from '../bootstrap/bootstrap.js';
import { createIdentity } from '../../spec/identities.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('permissions', () => {
  let api: TestApi;
  let setId: number;

  beforeAll(async () => {
    api = await startTestApi();
    const set = { ref: 'demo.readers', label: 'Readers', grants: [] };
    ({ id: setId } = await api.dataSource.manager.save(Object.assign(new PermissionSetEntity(), set)));
  });
  afterAll(() => api.close());

  const put = (grants: readonly object[], id = setId) =>
    api.admin.call(operations.updatePermissionSet, { params: { id }, body: { grants: grants as Grant[] } });
  const listRules = (token: string) => api.withToken(token).call(operations.listRules);

  it('show the shipped sets by ref, of one pack or of all', async () => {
    const sets = await api.admin.call(operations.listPermissionSets, { query: { pack_ref: 'core' } });
    expect(sets.map(({ ref }) => ref)).toEqual(['core.admin', 'core.editor', 'core.executor', 'core.viewer']);
    expect(sets[3]).toMatchObject({ pack_ref: 'core', label: 'Viewer', roles: [] });
    expect(sets[3]!.grants).toContainEqual({ resource: 'rules', actions: ['read'] });
    const all = await api.admin.call(operations.listPermissionSets, { query: {} });
    expect(all.map(({ ref }) => ref)).toContain('demo.readers');
    expect(await api.admin.call(operations.listPermissionSets, { query: { pack_ref: 'none' } })).toEqual([]);
  });

  it('reach an identity by assignment, by id or login, and leave it again', async () => {
    const { id, login, token } = await createIdentity(api.platform, []);
    await put([{ resource: 'rules', actions: ['read'] }]);
    await expect(listRules(token)).rejects.toMatchObject({ status: 403 });
    const body = { identity_login: login, permission_set_ref: 'demo.readers' };
    const given = await api.admin.call(operations.assignPermissionSet, { body });
    expect(given).toMatchObject({ identity_id: id, permission_set_id: setId, permission_set_ref: 'demo.readers' });
    await expect(listRules(token)).resolves.toBeDefined();
    const listed = await api.admin.call(operations.listIdentityPermissions, { params: { id } });
    expect(listed).toContainEqual(given);
    const again = { body: { identity_id: id, permission_set_ref: 'demo.readers' } };
    await expect(api.admin.call(operations.assignPermissionSet, again)).rejects.toMatchObject({ status: 409 });

    const gone = await api.admin.call(operations.removePermissionAssignment, { params: { id: given.id } });
    expect(gone).toMatchObject({ success: true });
    await expect(listRules(token)).rejects.toMatchObject({ status: 403 });
    const twice = api.admin.call(operations.removePermissionAssignment, { params: { id: given.id } });
    await expect(twice).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    [{ permission_set_ref: 'demo.readers' }, 400],
    [{ identity_id: 1, identity_login: 'admin', permission_set_ref: 'demo.readers' }, 400],
    [{ identity_id: 4711, permission_set_ref: 'demo.readers' }, 404],
    [{ identity_login: 'nobody', permission_set_ref: 'demo.readers' }, 404],
    [{ identity_id: 1, permission_set_ref: 'demo.none' }, 404],
  ])('cannot be assigned by %j', async (body, status) => {
    await expect(api.admin.call(operations.assignPermissionSet, { body })).rejects.toMatchObject({ status });
  });

  it('reach everybody with a role', async () => {
    const { id, token } = await createIdentity(api.platform, []);
    await put([{ resource: 'rules', actions: ['read'] }]);
    await api.admin.call(operations.addIdentityRole, { params: { id }, body: { role: 'readers' } });
    const binding = { params: { id: setId }, body: { role: 'readers' } };
    const bound = await api.admin.call(operations.bindPermissionSetToRole, binding);
    expect(bound).toMatchObject({ permission_set_id: setId, permission_set_ref: 'demo.readers', role: 'readers' });
    await expect(listRules(token)).resolves.toBeDefined();
    await expect(api.admin.call(operations.bindPermissionSetToRole, binding)).rejects.toMatchObject({ status: 409 });
    const [set] = (await api.admin.call(operations.listPermissionSets, { query: {} })).filter(
      (one) => one.id === setId,
    );
    expect(set?.roles).toEqual([bound]);

    await api.admin.call(operations.unbindPermissionSetFromRole, { params: { id: bound.id } });
    await expect(listRules(token)).rejects.toMatchObject({ status: 403 });
    const twice = api.admin.call(operations.unbindPermissionSetFromRole, { params: { id: bound.id } });
    await expect(twice).rejects.toMatchObject({ status: 404 });
    const nowhere = { params: { id: 4711 }, body: { role: 'x' } };
    await expect(api.admin.call(operations.bindPermissionSetToRole, nowhere)).rejects.toMatchObject({ status: 404 });
  });

  it('of a changed set are what was sent, without what was not', async () => {
    const grants: Grant[] = [
      { resource: 'keys', actions: ['read', 'decrypt'], constraints: { owner_types: ['pack'], encrypted: true } },
      { resource: 'executions', actions: ['cancel'], constraints: { execution_scope: 'self' } },
    ];
    expect(await put(grants)).toMatchObject({ id: setId, label: 'Readers', description: null, grants });
    const body = { label: 'Watchers', description: 'who watch', grants: [] };
    const changed = await api.admin.call(operations.updatePermissionSet, { params: { id: setId }, body });
    expect(changed).toMatchObject({ label: 'Watchers', description: 'who watch', grants: [] });
    await expect(put([], 4711)).rejects.toMatchObject({ status: 404 });
  });

  it('of a shipped set can be sent back as they are, and a restart leaves changed ones alone', async () => {
    const sets = await api.admin.call(operations.listPermissionSets, { query: { pack_ref: 'core' } });
    const admin = sets.find(({ ref }) => ref === 'core.admin')!;
    await expect(put(admin.grants, admin.id)).resolves.toMatchObject({ grants: admin.grants });
    const viewer = sets.find(({ ref }) => ref === 'core.viewer')!;
    await put([{ resource: 'rules', actions: ['read'] }], viewer.id);
    await api.dataSource.query(`update pack set meta = '{}' where ref = 'core'`); // as if a newer version came
    await bootstrap(api.platform);
    const [left] = await findPermissionSets(api.dataSource, ['core.viewer']);
    expect(left?.grants).toEqual([{ resource: 'rules', actions: ['read'] }]);
  });

  it.each<[object, RegExp]>([
    [{ resource: 'packs', actions: ['update'] }, /packs have no action update/],
    [{ resource: 'permissions', actions: ['create'] }, /permissions have no action create/],
    [{ resource: 'events', actions: ['read'], constraints: { pack_refs: ['a'] } }, /pack_refs cannot constrain/],
    [{ resource: 'rules', actions: ['read'], constraints: { owner: 'self' } }, /owner cannot constrain/],
    [{ resource: 'packs', actions: ['read'], constraints: { owner_types: ['pack'] } }, /owner_types cannot/],
    [{ resource: 'keys', actions: ['read'], constraints: { visibility: ['public'] } }, /visibility cannot/],
    [{ resource: 'rules', actions: ['read'], constraints: { execution_scope: 'any' } }, /execution_scope cannot/],
    [{ resource: 'artifacts', actions: ['read'], constraints: { encrypted: true } }, /encrypted cannot/],
    [{ resource: 'keys', actions: ['read'], constraints: { ids: [1] } }, /ids cannot/],
    [{ resource: 'keys', actions: ['read'], constraints: { owner_refs: ['a'] } }, /owner_refs cannot/],
    [{ resource: 'rules', actions: ['read'], constraints: { refs: ['a.b'], pack_refs: ['a'] } }, /exclude each other/],
  ])('are refused where they mean nothing: %j', async (grant, message) => {
    await expect(put([{ resource: 'rules', actions: ['read'] }, grant])).rejects.toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      body: { error: expect.stringMatching(message) as string },
    });
    await expect(put([{ resource: 'rules', actions: ['fly'] }])).rejects.toMatchObject({ status: 422 });
  });

  it('are given by who manages them and by nobody else', async () => {
    const reader = await api.withGrants([
      { resource: 'permissions', actions: ['read'] },
      { resource: 'identities', actions: ['read', 'create', 'update', 'delete'] },
    ]);
    await expect(reader.call(operations.listPermissionSets, { query: {} })).resolves.toBeDefined();
    const { id } = await createIdentity(api.platform, []);
    for (const attempt of [
      () =>
        reader.call(operations.assignPermissionSet, { body: { identity_id: id, permission_set_ref: 'core.admin' } }),
      () => reader.call(operations.addIdentityRole, { params: { id }, body: { role: 'x' } }),
      () => reader.call(operations.bindPermissionSetToRole, { params: { id: setId }, body: { role: 'x' } }),
      () => reader.call(operations.updatePermissionSet, { params: { id: setId }, body: { grants: [] } }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 403 });
    }
  });
});
