import { operations } from '@attune/contract';
import { type ExampleRequest } from '../example-requests.js';
import { ruleBody } from '../scenario.js';
import { type Scene } from '../scene.js';

/** A key of the whole system. */
async function newKey({ api, fresh }: Scene) {
  const ref = fresh();
  const body = { ref, owner_type: 'system' as const, name: ref, value: 'x' };
  await api.admin.call(operations.createKey, { body });
  return { params: { ref } };
}

/** Packs, what they hold, and keys. */
export const contentRequests: Readonly<Record<string, ExampleRequest>> = {
  createPack: ({ fresh }) => ({ body: { ref: fresh(), label: 'New', version: '1.0.0' } }),
  deletePack: async ({ api, fresh }) => {
    const ref = fresh();
    await api.admin.call(operations.createPack, { body: { ref, label: 'New', version: '1.0.0', is_standard: true } });
    return { params: { ref } };
  },

  createTrigger: ({ fresh }) => ({ body: { ref: `demo.${fresh()}`, pack_ref: 'demo', label: 'New' } }),
  deleteTrigger: async ({ api, fresh }) => {
    const ref = `demo.${fresh()}`;
    await api.admin.call(operations.createTrigger, { body: { ref, pack_ref: 'demo', label: 'New' } });
    return { params: { ref } };
  },
  regenerateTriggerWebhook: async ({ api }) => {
    await api.admin.call(operations.enableTriggerWebhook, { params: { ref: 'demo.called' } });
    return {};
  },

  createAction: ({ fresh }) => ({
    body: { ref: `demo.${fresh()}`, pack_ref: 'demo', label: 'New', entrypoint: 'true' },
  }),
  deleteAction: async ({ api, fresh }) => {
    const ref = `demo.${fresh()}`;
    const body = { ref, pack_ref: 'demo', label: 'New', entrypoint: 'true' };
    await api.admin.call(operations.createAction, { body });
    return { params: { ref } };
  },

  createRule: ({ fresh }) => ({ body: ruleBody('demo', fresh()) }),
  deleteRule: async ({ api, fresh }) => {
    const body = ruleBody('demo', fresh());
    await api.admin.call(operations.createRule, { body });
    return { params: { ref: body.ref } };
  },

  getKey: newKey,
  createKey: ({ fresh }) => {
    const ref = fresh();
    return { body: { ref, owner_type: 'system', name: ref, value: 'x' } };
  },
  updateKey: newKey,
  deleteKey: newKey,
};
