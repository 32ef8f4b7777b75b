import { PermissionSetEntity } from '@attune/common';
import { operations } from '@attune/contract';
import { type ExampleRequest } from '../example-requests.js';
import { type Scene } from '../scene.js';
import { ADMIN } from '../test-api.js';

/** Logins, identities and what they may do. */
export const peopleRequests: Readonly<Record<string, ExampleRequest>> = {
  login: () => ({ body: ADMIN }),
  refreshToken: async ({ api }) => {
    const { refresh_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    return { body: { refresh_token: token } };
  },

  getIdentity: () => ({ params: { id: 1 } }),
  createIdentity: ({ fresh }) => ({ body: { login: fresh() } }),
  updateIdentity: forSomebody,
  deleteIdentity: forSomebody,
  freezeIdentity: forSomebody,
  unfreezeIdentity: forSomebody,
  addIdentityRole: async (scene) => ({ ...(await forSomebody(scene)), body: { role: 'new' } }),
  removeIdentityRole: async (scene) => {
    const { params } = await forSomebody(scene);
    const { id } = await scene.api.admin.call(operations.addIdentityRole, { params, body: { role: 'new' } });
    return { params: { id } };
  },

  listIntegrationTokens: () => ({ params: { id: 1 } }),
  createIntegrationToken: async (scene) => ({ ...(await forSomebody(scene)), body: { label: 'New' } }),
  revokeIntegrationToken: async (scene) => ({ params: await tokenOfSomebody(scene), body: {} }),
  deleteIntegrationToken: async (scene) => ({ params: await tokenOfSomebody(scene) }),

  listIdentityPermissions: () => ({ params: { id: 1 } }),
  updatePermissionSet: async (scene) => ({ params: { id: (await newSet(scene)).id }, body: { grants: [] } }),
  assignPermissionSet: async (scene) => ({
    body: { identity_login: 'system', permission_set_ref: (await newSet(scene)).ref },
  }),
  removePermissionAssignment: async (scene) => {
    const body = { identity_login: 'system', permission_set_ref: (await newSet(scene)).ref };
    const { id } = await scene.api.admin.call(operations.assignPermissionSet, { body });
    return { params: { id } };
  },
  bindPermissionSetToRole: async (scene) => ({ params: { id: (await newSet(scene)).id }, body: { role: 'new' } }),
  unbindPermissionSetFromRole: async (scene) => {
    const params = { id: (await newSet(scene)).id };
    const binding = { params, body: { role: 'new' } };
    const { id } = await scene.api.admin.call(operations.bindPermissionSetToRole, binding);
    return { params: { id } };
  },
};

/** Somebody without any right: whoever may change identities may change them. */
async function forSomebody({ api, fresh }: Scene) {
  const { id } = await api.admin.call(operations.createIdentity, { body: { login: fresh() } });
  return { params: { id } };
}

async function tokenOfSomebody(scene: Scene) {
  const { params } = await forSomebody(scene);
  const made = await scene.api.admin.call(operations.createIntegrationToken, { params, body: { label: 'New' } });
  return { ...params, token_id: made.integration_token.id };
}

/** Only packs bring permission sets. */
function newSet({ api, fresh }: Scene): Promise<PermissionSetEntity> {
  return api.dataSource.manager.save(Object.assign(new PermissionSetEntity(), { ref: `demo.${fresh()}`, grants: [] }));
}
