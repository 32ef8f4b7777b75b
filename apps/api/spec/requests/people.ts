import { createHash } from 'node:crypto';
import {
  IdentityRoleAssignmentEntity,
  IntegrationTokenEntity,
  PermissionAssignmentEntity,
  PermissionSetEntity,
  PermissionSetRoleAssignmentEntity,
} from '@attune/common';
import { operations } from '@attune/contract';
import { type ExampleRequest } from '../example-requests.js';
import { createHolder, createIdentity } from '../identities.js';
import { type Scene } from '../scene.js';
import { ADMIN } from '../test-api.js';

/** Somebody new, to be changed or taken away. */
const someone = async ({ api }: Scene) => ({ params: { id: (await createIdentity(api.platform, [])).id } });

/** Somebody new with an integration token. */
async function tokenHolder(scene: Scene) {
  const { params } = await someone(scene);
  const { integration_token: token } = await scene.api.admin.call(operations.createIntegrationToken, {
    params,
    body: { label: 'New' },
  });
  return { params: { ...params, token_id: token.id } };
}

/** A permission set of no pack; its id. */
async function newSet({ api, fresh }: Scene): Promise<number> {
  const set = { ref: `test.${fresh()}`, grants: [] };
  return (await api.dataSource.manager.save(Object.assign(new PermissionSetEntity(), set))).id;
}

/** Logins, identities and what they may do. */
export const peopleRequests: Readonly<Record<string, ExampleRequest>> = {
  login: () => ({ body: ADMIN }),
  refreshToken: async ({ api }) => {
    const { refresh_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    return { body: { refresh_token: token } };
  },
  logInWithToken: async ({ api, fresh }) => {
    const { id } = await createIdentity(api.platform, []);
    const token = `attune_it_${fresh()}`;
    const token_hash = createHash('sha256').update(token).digest('base64url');
    const stored = {
      identity_id: id,
      label: 'New',
      token_hash,
      token_prefix: 'attune_it_',
      token_suffix: token.slice(-4),
    };
    await api.dataSource.manager.save(Object.assign(new IntegrationTokenEntity(), stored));
    return { body: { token } };
  },
  register: ({ fresh }) => ({ body: { login: fresh(), password: 'long enough' } }),
  logInWithLdap: () => ({ body: { login: 'ada', password: 'long enough' } }),
  updateCurrentUser: () => ({ body: { display_name: 'New' } }),
  changePassword: () => ({ body: { current_password: 'long enough', new_password: 'longer than that' } }),
  createSensorToken: () => ({ body: { sensor_ref: 'demo.sensor', trigger_types: ['demo.called'] } }),
  createInternalSensorToken: () => ({ body: { sensor_ref: 'demo.sensor', trigger_types: ['demo.called'] } }),

  getIdentity: someone,
  createIdentity: ({ fresh }) => ({ body: { login: fresh() } }),
  updateIdentity: someone,
  deleteIdentity: someone,
  freezeIdentity: someone,
  unfreezeIdentity: someone,
  addIdentityRole: async (scene) => ({ ...(await someone(scene)), body: { role: 'new' } }),
  removeIdentityRole: async ({ api }) => {
    const { id } = await createIdentity(api.platform, []);
    const role = Object.assign(new IdentityRoleAssignmentEntity(), { identity_id: id, role: 'new' });
    return { params: { id: (await api.dataSource.manager.save(role)).id } };
  },
  listIdentityPermissions: someone,

  listIntegrationTokens: someone,
  createIntegrationToken: async (scene) => ({ ...(await someone(scene)), body: { label: 'New' } }),
  revokeIntegrationToken: tokenHolder,
  deleteIntegrationToken: tokenHolder,

  updatePermissionSet: async (scene) => ({ params: { id: await newSet(scene) }, body: { grants: [] } }),
  assignPermissionSet: async ({ api }) => {
    const { id } = await createIdentity(api.platform, []);
    return { body: { identity_id: id, permission_set_ref: 'core.viewer' } };
  },
  removePermissionAssignment: async ({ api }) => {
    const { id } = await createHolder(api.platform, 'core.viewer');
    const found = await api.dataSource.getRepository(PermissionAssignmentEntity).findOneByOrFail({ identity_id: id });
    return { params: { id: found.id } };
  },
  bindPermissionSetToRole: async (scene) => ({ params: { id: await newSet(scene) }, body: { role: 'new' } }),
  unbindPermissionSetFromRole: async (scene) => {
    const binding = { permission_set_id: await newSet(scene), role: 'new' };
    const saved = Object.assign(new PermissionSetRoleAssignmentEntity(), binding);
    return { params: { id: (await scene.api.dataSource.manager.save(saved)).id } };
  },
};
