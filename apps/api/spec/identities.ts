import { randomBytes } from 'node:crypto';
import { assignPermissionSet, IdentityEntity, PermissionSetEntity, type Platform, TokenSigner } from '@attune/common';
import { type Grant } from '@attune/contract';
import { type JsonObject } from '@attune/engine';

export interface TestIdentity {
  readonly id: number;
  readonly login: string;
  readonly token: string;
}

/** Somebody new with exactly these grants, logged in. */
export async function createIdentity(
  { dataSource, config }: Platform,
  grants: readonly Grant[],
): Promise<TestIdentity> {
  const login = `user-${randomBytes(4).toString('hex')}`;
  const { id } = await dataSource.manager.save(Object.assign(new IdentityEntity(), { login }));
  const set = { ref: `test.${login}`, grants: grants as unknown as JsonObject[] };
  const { id: setId } = await dataSource.manager.save(Object.assign(new PermissionSetEntity(), set));
  await assignPermissionSet(dataSource, id, setId);
  const signer = new TokenSigner(config.security.jwtSecret);
  return { id, login, token: await signer.sign({ identityId: id, login, type: 'access', lifetimeSeconds: 60 }) };
}
