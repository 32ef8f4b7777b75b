import { operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { type ExampleRequest } from '../example-requests.js';
import { type Scene } from '../scene.js';

async function newExecution({ api }: Scene) {
  const { id } = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
  return { params: { id } };
}

/** Of an execution of its own: each asks one question at a time. */
const inquiryBody = async (scene: Scene) => ({ execution: (await newExecution(scene)).params.id, prompt: 'Go on?' });

/** A question nobody has answered. */
async function newInquiry(scene: Scene) {
  const { id } = await scene.api.admin.call(operations.createInquiry, { body: await inquiryBody(scene) });
  return { params: { id } };
}

/** What happens: events, executions and the workers that run them. */
export const engineRequests: Readonly<Record<string, ExampleRequest>> = {
  createEvent: () => ({ body: { trigger_ref: 'demo.called' } }),
  createEvents: () => ({ body: { events: [{ trigger_ref: 'demo.called' }] } }),

  executeAction: () => ({ body: { action_ref: 'demo.greet' } }),
  cancelExecution: newExecution,
  streamExecutions: ({ execution }) => ({ query: { execution_id: execution } }),

  createInquiry: async (scene) => ({ body: await inquiryBody(scene) }),
  listInquiriesByStatus: () => ({ params: { status: 'pending' } }),
  getInquiry: newInquiry,
  updateInquiry: newInquiry,
  deleteInquiry: newInquiry,
  respondToInquiry: async (scene) => ({ ...(await newInquiry(scene)), body: { response: null } }),

  getAuditEvent: async ({ api }) => {
    const id = await eventually(async () => {
      const { items } = await api.admin.call(operations.listAuditEvents, { query: { per_page: 1 } });
      expect(items).toHaveLength(1);
      return items[0]?.id;
    });
    return { params: { id } };
  },

  receiveWebhook: async ({ api }) => {
    const { webhook_key: key } = await api.admin.call(operations.enableTriggerWebhook, {
      params: { ref: 'demo.called' },
    });
    return { params: { webhook_key: key }, body: { payload: {} } };
  },
};
