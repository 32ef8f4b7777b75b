import { operations } from '@attune/contract';
import { type ExampleRequest } from '../example-requests.js';
import { ADMIN } from '../test-api.js';

/** Logins, identities and what they may do. */
export const peopleRequests: Readonly<Record<string, ExampleRequest>> = {
  login: () => ({ body: ADMIN }),
  refreshToken: async ({ api }) => {
    const { refresh_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    return { body: { refresh_token: token } };
  },
  getIdentity: () => ({ params: { id: 1 } }),
};
