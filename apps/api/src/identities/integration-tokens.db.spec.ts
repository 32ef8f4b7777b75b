import { integrationTokenHash, IntegrationTokenEntity } from '@attune/common';
import { operations } from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('integration tokens', () => {
  let api: TestApi;
  let id: number;

  beforeAll(async () => {
    api = await startTestApi();
    ({ id } = await createIdentity(api.platform, []));
  });
  afterAll(() => api.close());

  const create = (body: object) =>
    api.admin.call(operations.createIntegrationToken, { params: { id }, body: body as { label: string } });
  const list = () => api.admin.call(operations.listIntegrationTokens, { params: { id } });

  it('are shown once and stored as a hash', async () => {
    const { token, integration_token: shown } = await create({ label: 'ci', description: 'builds' });
    expect(token).toMatch(/^attune_it_[\w-]{43}$/);
    expect(shown).toMatchObject({
      identity_id: id,
      label: 'ci',
      description: 'builds',
      token_prefix: token.slice(0, 14),
      token_suffix: token.slice(-4),
      expires_at: null,
      revoked_at: null,
      active: true,
    });
    const stored = await api.dataSource.getRepository(IntegrationTokenEntity).findOneByOrFail({ id: shown.id });
    expect(stored.token_hash).toBe(integrationTokenHash(token));
    expect(JSON.stringify([stored, await list()])).not.toContain(token);
    expect(JSON.stringify(await list())).not.toContain(stored.token_hash);
  });

  it('are revoked once, with a reason, and stay listed, newest first', async () => {
    const { integration_token: token } = await create({ label: 'old' });
    const params = { id, token_id: token.id };
    const revoked = await api.admin.call(operations.revokeIntegrationToken, { params, body: { reason: 'leaked' } });
    expect(revoked).toMatchObject({ id: token.id, active: false, revocation_reason: 'leaked' });
    const again = await api.admin.call(operations.revokeIntegrationToken, { params, body: { reason: 'again' } });
    expect(again).toEqual(revoked);
    const { integration_token: newer } = await create({ label: 'new' });
    expect((await list()).slice(0, 2)).toMatchObject([
      { id: newer.id, active: true },
      { id: token.id, active: false },
    ]);

    expect(await api.admin.call(operations.deleteIntegrationToken, { params })).toMatchObject({ success: true });
    expect((await list()).map((one) => one.id)).not.toContain(token.id);
    await expect(api.admin.call(operations.deleteIntegrationToken, { params })).rejects.toMatchObject({ status: 404 });
  });

  it('want a JSON body to be revoked, an identity they belong to, and a future to expire in', async () => {
    const { integration_token: token } = await create({ label: 'x', expires_at: '2100-01-01T00:00:00+01:00' });
    expect(token).toMatchObject({ expires_at: '2099-12-31T23:00:00.000Z', active: true });
    const url = `/api/v1/identities/${id}/integration-tokens/${token.id}/revoke`;
    const { access_token } = await api.anonymous.call(operations.login, {
      body: { login: 'admin', password: 'correct horse battery' },
    });
    const bare = await api.app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${access_token}` } });
    expect(bare.statusCode).toBe(415);
    const params = { id: (await createIdentity(api.platform, [])).id, token_id: token.id };
    const foreign = api.admin.call(operations.revokeIntegrationToken, { params, body: {} });
    await expect(foreign).rejects.toMatchObject({ status: 404 });
    await expect(create({ label: 'x', expires_at: '2020-01-01T00:00:00Z' })).rejects.toMatchObject({ status: 400 });
    await expect(create({ label: '' })).rejects.toMatchObject({ status: 422 });
  });
});
