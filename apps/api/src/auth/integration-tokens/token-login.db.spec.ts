import { randomBytes } from 'node:crypto';
import {
  IdentityEntity,
  INTEGRATION_TOKEN_PREFIX,
  IntegrationTokenEntity,
  integrationTokenHash,
  TokenSigner,
} from '@attune/common';
import { operations } from '@attune/contract';
import { createIdentity } from '../../../spec/identities.js';
import { startTestApi, type TestApi } from '../../../spec/test-api.js';

describe('logging in with an integration token', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  async function given(more: Partial<IntegrationTokenEntity> = {}) {
    const owner = await createIdentity(api.platform, [{ resource: 'rules', actions: ['read'] }]);
    const token = `${INTEGRATION_TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
    const { id } = await api.dataSource.getRepository(IntegrationTokenEntity).save({
      identity_id: owner.id,
      label: 'ci',
      token_hash: integrationTokenHash(token),
      token_prefix: token.slice(0, 14),
      token_suffix: token.slice(-4),
      ...more,
    });
    return { owner, token, id };
  }
  const logIn = (token: string) => api.anonymous.call(operations.logInWithToken, { body: { token } });
  const refresh = (token: string) => api.anonymous.call(operations.refreshToken, { body: { refresh_token: token } });
  const tokens = () => api.dataSource.getRepository(IntegrationTokenEntity);

  it('gives the rights of its owner, and notes when and from where it was used', async () => {
    const { owner, token, id } = await given();
    const pair = await logIn(token);
    expect(pair).toMatchObject({ token_type: 'Bearer', user: { id: owner.id, login: owner.login } });
    await expect(api.withToken(pair.access_token).call(operations.listRules)).resolves.toBeDefined();
    const stored = await tokens().findOneByOrFail({ id });
    expect(stored.last_used_ip).toMatch(/^127\.0\.0\.1/);
    expect(stored.last_used_at).toBeInstanceOf(Date);
    expect(stored.token_hash).toMatch(/^[\w-]{43}$/);
  });

  it('is refreshed for as long as the token is good', async () => {
    const { owner, token, id } = await given();
    const pair = await logIn(token);
    const second = await refresh(pair.refresh_token);
    expect(second.user).toMatchObject({ id: owner.id });
    const third = await refresh(second.refresh_token);
    await tokens().update(id, { revoked_at: new Date() });
    for (const { refresh_token: old } of [pair, second, third]) {
      await expect(refresh(old)).rejects.toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
  });

  it.each<[string, Partial<IntegrationTokenEntity>]>([
    ['revoked', { revoked_at: new Date() }],
    ['expired', { expires_at: new Date(Date.now() - 1_000) }],
  ])('refuses one that is %s, in the same words as one that never was', async (_case, more) => {
    const { token } = await given(more);
    for (const one of [token, `${INTEGRATION_TOKEN_PREFIX}nonsense`, 'nonsense', integrationTokenHash(token)]) {
      await expect(logIn(one)).rejects.toMatchObject({
        status: 401,
        body: { error: 'The integration token is not valid', code: 'UNAUTHORIZED' },
      });
    }
  });

  it('refuses one of a frozen owner, and what came of it', async () => {
    const { owner, token } = await given();
    const pair = await logIn(token);
    await api.dataSource.getRepository(IdentityEntity).update(owner.id, { frozen: true });
    await expect(logIn(token)).rejects.toMatchObject({ status: 401 });
    await expect(refresh(pair.refresh_token)).rejects.toMatchObject({ status: 401 });
  });

  it('does not refresh what was put together from parts', async () => {
    const { owner, id } = await given();
    const signer = new TokenSigner(api.platform.config.security.jwtSecret);
    const other = await given();
    const forge = (identityId: number, metadata?: Record<string, unknown>) =>
      signer.sign({
        identityId,
        login: owner.login,
        type: 'refresh',
        scope: 'integration_token',
        lifetimeSeconds: 60,
        ...(metadata && { metadata }),
      });
    const good = { identity_id: owner.id, integration_token_id: id, auth_method: 'integration_token' };
    await expect(refresh(await forge(id, good))).resolves.toBeDefined();
    for (const token of [
      await forge(id),
      await forge(id, { ...good, identity_id: other.owner.id }),
      await forge(other.id, good),
      await forge(id, { ...good, auth_method: 'password' }),
    ]) {
      await expect(refresh(token)).rejects.toMatchObject({ status: 401 });
    }
  });
});
