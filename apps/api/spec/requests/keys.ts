import { operations } from '@attune/contract';
import { type ExampleRequest } from '../example-requests.js';
import { type Scene } from '../scene.js';

/** Keys of the system. */
export const keyRequests: Readonly<Record<string, ExampleRequest>> = {
  createKey: ({ fresh }) => ({ body: systemKey(fresh()) }),
  getKey: newKey,
  updateKey: async (scene) => ({ ...(await newKey(scene)), body: { value: 'newer' } }),
  deleteKey: newKey,
};

const systemKey = (name: string) => ({ ref: name, name, owner_type: 'system', value: 'new', encrypted: true }) as const;

async function newKey({ api, fresh }: Scene) {
  const { ref } = await api.admin.call(operations.createKey, { body: systemKey(fresh()) });
  return { params: { ref } };
}
