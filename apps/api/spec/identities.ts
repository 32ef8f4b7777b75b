import { randomBytes } from 'node:crypto';
import {
  assignPermissionSet,
  findPermissionSets,
  IdentityEntity,
  PermissionSetEntity,
  type Platform,
} from '@attune/common';
import { type Grant } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { signToken } from './tokens.js';

export interface TestIdentity {
  readonly id: number;
  readonly login: string;
  readonly token: string;
}

/** Somebody new with exactly these grants, logged in. */
export async function createIdentity(platform: Platform, grants: readonly Grant[]): Promise<TestIdentity> {
  const ref = `test.${randomBytes(4).toString('hex')}`;
  const set = { ref, grants: grants as unknown as JsonObject[] };
  await platform.dataSource.manager.save(Object.assign(new PermissionSetEntity(), set));
  return createHolder(platform, ref);
}

/** Somebody new with one permission set that exists, logged in. */
export async function createHolder(platform: Platform, setRef: string): Promise<TestIdentity> {
  const { dataSource } = platform;
  const login = `user-${randomBytes(4).toString('hex')}`;
  const { id } = await dataSource.manager.save(Object.assign(new IdentityEntity(), { login }));
  for (const set of await findPermissionSets(dataSource, [setRef])) await assignPermissionSet(dataSource, id, set.id);
  return { id, login, token: await signToken(platform, { identityId: id, login, type: 'access' }) };
}
