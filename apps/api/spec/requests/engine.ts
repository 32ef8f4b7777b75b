import { operations } from '@attune/contract';
import { type ExampleRequest } from '../example-requests.js';

/** What happens: events, executions and the workers that run them. */
export const engineRequests: Readonly<Record<string, ExampleRequest>> = {
  createEvent: () => ({ body: { trigger_ref: 'demo.called' } }),
  createEvents: () => ({ body: { events: [{ trigger_ref: 'demo.called' }] } }),

  executeAction: () => ({ body: { action_ref: 'demo.greet' } }),
  cancelExecution: async ({ api }) => {
    const { id } = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
    return { params: { id } };
  },

  receiveWebhook: async ({ api }) => {
    const { webhook_key: key } = await api.admin.call(operations.enableTriggerWebhook, {
      params: { ref: 'demo.called' },
    });
    return { params: { webhook_key: key }, body: { payload: {} } };
  },
};
