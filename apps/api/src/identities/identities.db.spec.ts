import { AuditEventEntity, IdentityEntity, IdentityRoleAssignmentEntity } from '@attune/common';
import { type ApiClient, type Grant, operations } from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { ADMIN, startTestApi, type TestApi } from '../../spec/test-api.js';

const UPDATE: Grant = { resource: 'identities', actions: ['read', 'update', 'create', 'delete'] };
const MANAGE: Grant = { resource: 'permissions', actions: ['read', 'manage'] };
const RULES: Grant = { resource: 'rules', actions: ['read'] };

describe('identities', () => {
  let api: TestApi;
  let adminId: number;

  beforeAll(async () => {
    api = await startTestApi();
    adminId = (await api.admin.call(operations.getCurrentUser)).id;
  });
  afterAll(() => api.close());

  const update = (client: ApiClient, id: number, body: object) =>
    client.call(operations.updateIdentity, { params: { id }, body });
  const logIn = (login: string, password: string) =>
    api.anonymous.call(operations.login, { body: { login, password } });

  it('are listed by login, without anything secret', async () => {
    const page = await api.admin.call(operations.listIdentities);
    expect(page.items).toMatchObject([{ login: 'admin' }, { id: 1, login: 'system' }]);
    expect(JSON.stringify(page)).not.toMatch(/argon2|password/);
  });

  it('are created with a password, found, changed and deleted', async () => {
    const body = { login: 'ada', display_name: 'Ada', password: 'first password', attributes: { team: 'ops' } };
    const { id, ...created } = await api.admin.call(operations.createIdentity, { body });
    expect(created).toEqual({
      login: 'ada',
      display_name: 'Ada',
      frozen: false,
      attributes: { team: 'ops' },
      roles: [],
      direct_permissions: [],
    });
    await expect(logIn('ada', 'first password')).resolves.toMatchObject({ user: { id } });
    await expect(api.admin.call(operations.createIdentity, { body })).rejects.toMatchObject({ status: 409 });

    await api.admin.call(operations.addIdentityRole, { params: { id }, body: { role: 'operators' } });
    await api.admin.call(operations.assignPermissionSet, {
      body: { identity_id: id, permission_set_ref: 'core.viewer' },
    });
    const changed = await update(api.admin, id, { password: 'second password', display_name: 'Countess' });
    expect(changed).toMatchObject({
      display_name: 'Countess',
      attributes: { team: 'ops' },
      roles: [{ role: 'operators', source: 'manual', managed: false }],
      direct_permissions: [{ permission_set_ref: 'core.viewer', identity_id: id }],
    });
    expect(await api.admin.call(operations.getIdentity, { params: { id } })).toEqual(changed);
    const listed = (await api.admin.call(operations.listIdentities)).items.find((one) => one.id === id);
    expect(listed).toMatchObject({ roles: ['operators'] });
    await expect(logIn('ada', 'first password')).rejects.toMatchObject({ status: 401 });
    await expect(logIn('ada', 'second password')).resolves.toBeDefined();

    const gone = await api.admin.call(operations.deleteIdentity, { params: { id } });
    expect(gone).toEqual({ success: true, message: `Identity ${id} deleted` });
    await expect(api.admin.call(operations.getIdentity, { params: { id } })).rejects.toMatchObject({ status: 404 });
    await expect(logIn('ada', 'second password')).rejects.toMatchObject({ status: 401 });
  });

  it('leave a trace of every change, never of a password', async () => {
    const body = { login: 'traced', password: 'a secret password' };
    const { id } = await api.admin.call(operations.createIdentity, { body });
    await update(api.admin, id, { password: 'another password', display_name: 'Traced' });
    await api.admin.call(operations.freezeIdentity, { params: { id } });
    await api.admin.call(operations.addIdentityRole, { params: { id }, body: { role: 'operators' } });
    const set = { identity_id: id, permission_set_ref: 'core.viewer' };
    const given = await api.admin.call(operations.assignPermissionSet, { body: set });
    await api.admin.call(operations.removePermissionAssignment, { params: { id: given.id } });
    await api.admin.call(operations.createIntegrationToken, { params: { id }, body: { label: 'ci' } });
    await api.admin.call(operations.deleteIdentity, { params: { id } });
    const events = await api.dataSource
      .getRepository(AuditEventEntity)
      .find({ where: { resource_ref: 'traced' }, order: { id: 'ASC' } });
    expect(events.map(({ event_type, details }) => [event_type, details])).toEqual([
      ['admin.identity.created', {}],
      ['admin.identity.updated', { changed: ['display_name', 'password'] }],
      ['admin.identity.updated', { frozen: true }],
      ['admin.role_assignment.changed', { added: 'operators' }],
      ['admin.permission_assignment.changed', { added: 'core.viewer' }],
      ['admin.permission_assignment.changed', { removed: given.permission_set_id }],
      ['admin.identity.updated', { integration_id: expect.any(Number) as number, created: 'ci' }],
      ['admin.identity.deleted', {}],
    ]);
    expect(events.every(({ actor_identity, resource_id }) => actor_identity === adminId && resource_id === id)).toBe(
      true,
    );
  });

  it.each([
    [{ login: 'sensor:core.timer' }, 400],
    [{ login: 'bob', attributes: ['a list'] }, 422],
    [{ login: 'bo' }, 422],
    [{ login: 'bob', password: 'short' }, 422],
  ])('are refused as %j', async (body, status) => {
    await expect(api.admin.call(operations.createIdentity, { body })).rejects.toMatchObject({ status });
  });

  it('are shut out by freezing and let in again', async () => {
    const { id, token } = await createIdentity(api.platform, [RULES]);
    await api.admin.call(operations.freezeIdentity, { params: { id } });
    await expect(api.withToken(token).call(operations.listRules)).rejects.toMatchObject({ status: 403 });
    await api.admin.call(operations.unfreezeIdentity, { params: { id } });
    await expect(api.withToken(token).call(operations.listRules)).resolves.toBeDefined();
  });

  it('lose no password to a text that could be none', async () => {
    const { id } = await createIdentity(api.platform, []);
    await expect(update(api.admin, id, { password: 'short' })).rejects.toMatchObject({ status: 422 });
    await expect(update(api.admin, id, { password: 'x'.repeat(129) })).rejects.toMatchObject({ status: 422 });
    await expect(update(api.admin, 4711, { display_name: 'Nobody' })).rejects.toMatchObject({ status: 404 });
  });

  describe('with rights of their own', () => {
    it('are taken over by nobody who has fewer', async () => {
      const { id } = await createIdentity(api.platform, [RULES, UPDATE]);
      const lesser = await api.withGrants([UPDATE]);
      const token = { params: { id }, body: { label: 'mine now' } };
      const { integration_token: stored } = await api.admin.call(operations.createIntegrationToken, token);
      const attempts = [
        () => update(lesser, id, { password: 'a new password' }),
        () => update(lesser, id, { frozen: true }),
        () => lesser.call(operations.freezeIdentity, { params: { id } }),
        () => lesser.call(operations.unfreezeIdentity, { params: { id } }),
        () => lesser.call(operations.deleteIdentity, { params: { id } }),
        () => lesser.call(operations.createIntegrationToken, token),
        () => lesser.call(operations.revokeIntegrationToken, { params: { id, token_id: stored.id }, body: {} }),
        () => lesser.call(operations.deleteIntegrationToken, { params: { id, token_id: stored.id } }),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(await api.dataSource.getRepository(IdentityEntity).findOneByOrFail({ id })).toMatchObject({
        frozen: false,
        password_hash: null,
      });
    });

    it('are changed by who has the same, or may give rights', async () => {
      const { id } = await createIdentity(api.platform, [RULES]);
      const peer = await api.withGrants([UPDATE, { resource: 'rules', actions: ['update', 'read'] }]);
      await expect(update(peer, id, { password: 'a new password' })).resolves.toMatchObject({ id });
      const manager = await api.withGrants([UPDATE, MANAGE]);
      await expect(update(manager, id, { password: 'one more password' })).resolves.toMatchObject({ id });
    });

    it('get no attribute that permissions depend on from who may give none', async () => {
      await createIdentity(api.platform, [{ ...RULES, constraints: { attributes: { clearance: 'high' } } }]);
      const { id } = await createIdentity(api.platform, []);
      const lesser = await api.withGrants([UPDATE]);
      await expect(update(lesser, id, { attributes: { desk: 4 } })).resolves.toMatchObject({ attributes: { desk: 4 } });
      await expect(update(lesser, id, { attributes: { clearance: 'high' } })).rejects.toMatchObject({ status: 403 });
      const body = { login: 'upstart', attributes: { clearance: 'high' } };
      await expect(lesser.call(operations.createIdentity, { body })).rejects.toMatchObject({ status: 403 });
      await expect(update(api.admin, id, { attributes: { clearance: 'high' } })).resolves.toBeDefined();
    });
  });

  it('that are the platform itself stay as they are', async () => {
    for (const attempt of [
      () => update(api.admin, 1, { password: 'a new password' }),
      () => api.admin.call(operations.freezeIdentity, { params: { id: 1 } }),
      () => api.admin.call(operations.deleteIdentity, { params: { id: 1 } }),
      () => api.admin.call(operations.createIntegrationToken, { params: { id: 1 }, body: { label: 'x' } }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 409 });
    }
  });

  it('do not delete themselves', async () => {
    const { id, token } = await createIdentity(api.platform, [UPDATE]);
    const attempt = api.withToken(token).call(operations.deleteIdentity, { params: { id } });
    await expect(attempt).rejects.toMatchObject({ status: 409, body: { error: 'You cannot delete yourself' } });
  });

  it('have roles of a provider that nobody takes away here', async () => {
    const { id } = await createIdentity(api.platform, []);
    const managed = { identity_id: id, role: 'ldap-admins', source: 'ldap', managed: true } as const;
    const { id: roleId } = await api.dataSource.getRepository(IdentityRoleAssignmentEntity).save(managed);
    const attempt = api.admin.call(operations.removeIdentityRole, { params: { id: roleId } });
    await expect(attempt).rejects.toMatchObject({ status: 400 });
    const again = api.admin.call(operations.addIdentityRole, { params: { id }, body: { role: 'ldap-admins' } });
    await expect(again).rejects.toMatchObject({ status: 409 });

    const own = await api.admin.call(operations.addIdentityRole, { params: { id }, body: { role: 'night-shift' } });
    expect(own).toMatchObject({ identity_id: id, role: 'night-shift', source: 'manual', managed: false });
    await api.admin.call(operations.removeIdentityRole, { params: { id: own.id } });
    const left = await api.admin.call(operations.getIdentity, { params: { id } });
    expect(left.roles.map(({ role }) => role)).toEqual(['ldap-admins']);
    for (const attempt of [
      () => api.admin.call(operations.removeIdentityRole, { params: { id: own.id } }),
      () => api.admin.call(operations.addIdentityRole, { params: { id: 4711 }, body: { role: 'x' } }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 404 });
    }
  });

  describe('of whom one is the last that manages permissions', () => {
    it('cannot be frozen, deleted or stripped', async () => {
      const helper = await api.withGrants([UPDATE, MANAGE]); // without a password: it cannot log in
      const { direct_permissions: held } = await api.admin.call(operations.getIdentity, { params: { id: adminId } });
      const sets = await api.admin.call(operations.listPermissionSets, { query: {} });
      const set = sets.find(({ ref }) => ref === 'core.admin')!;
      const grants = set.grants.filter(({ resource }) => resource !== 'permissions');
      for (const attempt of [
        () => helper.call(operations.freezeIdentity, { params: { id: adminId } }),
        () => update(helper, adminId, { frozen: true }),
        () => helper.call(operations.deleteIdentity, { params: { id: adminId } }),
        () => helper.call(operations.removePermissionAssignment, { params: { id: held[0]!.id } }),
        () => helper.call(operations.updatePermissionSet, { params: { id: set.id }, body: { grants } }),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
      }
      await expect(logIn(ADMIN.login, ADMIN.password)).resolves.toBeDefined();
    });

    it('are not frozen by one another at the same moment', async () => {
      const body = { login: 'second', password: 'second password' };
      const { id } = await api.admin.call(operations.createIdentity, { body });
      await api.admin.call(operations.assignPermissionSet, {
        body: { identity_login: 'second', permission_set_ref: 'core.admin' },
      });
      const second = api.withToken((await logIn('second', 'second password')).access_token);
      const outcomes = await Promise.allSettled([
        api.admin.call(operations.freezeIdentity, { params: { id } }),
        second.call(operations.freezeIdentity, { params: { id: adminId } }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await api.dataSource.getRepository(IdentityEntity).update([id, adminId], { frozen: false });
    });
  });
});
