import { type LoadRequest } from '../load/load-command.js';
import { CREDENTIALS, type ProductUnderTest } from '../product/product-under-test.js';
import { type Scenario } from '../product/scenario.js';

/** The same request to the product and to the bare handler. */
export interface ApiCase {
  readonly name: string;
  readonly product: LoadRequest;
  readonly bare: LoadRequest;
}

const PAGE_SIZE = 20;

/** What is measured. `executionId`: of the one that is read. */
export function apiCases(
  product: ProductUnderTest,
  barePort: number,
  scenario: Scenario,
  executionId: number,
): readonly ApiCase[] {
  const headers = { authorization: `Bearer ${product.token}` };
  const get = (path: string): LoadRequest => ({ method: 'GET', port: product.port, path, headers, body: '' });
  const post = (path: string, body: object, own = {}): LoadRequest => ({
    port: product.port,
    path,
    headers: own,
    body: JSON.stringify(body),
  });
  const execute = { action_ref: 'core.noop', parameters: {} };
  const payload = { payload: { message: 'bench' } };
  const bare = (request: LoadRequest, path: string): LoadRequest => ({ ...request, port: barePort, path, headers: {} });
  const pairs: readonly [string, LoadRequest, string][] = [
    ['log in', post('/auth/login', CREDENTIALS), '/login'],
    [`list ${PAGE_SIZE} executions`, get(`/api/v1/executions?per_page=${PAGE_SIZE}`), `/executions?size=${PAGE_SIZE}`],
    ['read an execution', get(`/api/v1/executions/${executionId}`), `/executions/${executionId}`],
    ['execute an action', post('/api/v1/executions/execute', execute, headers), '/execute'],
    ['post to a webhook', post(`/api/v1/webhooks/${scenario.webhookKey}`, payload), '/webhook'],
  ];
  return pairs.map(([name, request, path]) => ({ name, product: request, bare: bare(request, path) }));
}
