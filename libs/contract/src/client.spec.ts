import { describe, expect, it } from '@jest/globals';
import { createClient } from './client.js';
import { ApiError, ApiUnreachableError } from './errors.js';
import { operations } from './operations.js';

const rule = {
  id: 1,
  ref: 'demo.rule',
  pack: 1,
  pack_ref: 'demo',
  label: 'Rule',
  description: null,
  action: 1,
  action_ref: 'core.echo',
  trigger: 1,
  trigger_ref: 'demo.trigger',
  conditions: {},
  action_params: {},
  trigger_params: {},
  permission_set_refs: null,
  enabled: true,
  is_adhoc: true,
  owner_identity: 1,
  created: '2026-01-01T00:00:00.000Z',
  updated: '2026-01-01T00:00:00.000Z',
};

/** A server that answers everything alike and remembers what it was asked. */
function fakeServer(status: number, body: string) {
  const requests: { url: string; init: RequestInit }[] = [];
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    requests.push({ url, init });
    return Promise.resolve(new Response(body === '' ? null : body, { status }));
  };
  return { requests, client: createClient({ baseUrl: 'http://attune.test', token: 'abc', fetch }) };
}

describe('createClient', () => {
  it('takes a single result out of its envelope and escapes the path', async () => {
    const { client, requests } = fakeServer(200, JSON.stringify({ data: rule }));
    const found = await client.call(operations.getRule, { params: { ref: 'demo.a/b c' } });
    expect(found.trigger_ref).toBe('demo.trigger');
    expect(requests[0]?.url).toBe('http://attune.test/api/v1/rules/demo.a%2Fb%20c');
    expect(requests[0]?.init.headers).toMatchObject({ authorization: 'Bearer abc' });
  });

  it('sends the query and gives a page', async () => {
    const pagination = { page: 2, page_size: 5, has_previous: true, has_next: false };
    const { client, requests } = fakeServer(200, JSON.stringify({ items: [], pagination }));
    const page = await client.call(operations.listExecutions, { query: { page: 2, per_page: 5, status: 'running' } });
    expect(page).toEqual({ items: [], pagination });
    expect(requests[0]?.url).toBe('http://attune.test/api/v1/executions?page=2&per_page=5&status=running');
  });

  it('sends a body as JSON, with a token of the call', async () => {
    const { client, requests } = fakeServer(201, JSON.stringify({ data: rule }));
    const body = { ref: 'demo.rule', pack_ref: 'demo', label: 'Rule', action_ref: 'a.b', trigger_ref: 'c.d' };
    await client.call(operations.createRule, { body, token: null });
    expect(requests[0]?.init).toMatchObject({ method: 'POST', body: JSON.stringify(body) });
    expect(requests[0]?.init.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['the usual body', 409, '{"error":"Rule exists","code":"CONFLICT"}', 'CONFLICT', 'Rule exists'],
    ['a token error', 401, '{"error":{"code":401,"message":"Token expired"}}', 'UNAUTHORIZED', 'Token expired'],
    ['plain text', 422, 'missing field `ref`', 'UNPROCESSABLE_ENTITY', 'missing field `ref`'],
    ['no body', 404, '', 'NOT_FOUND', 'The server answered 404'],
    ['another success', 204, '', 'INTERNAL_SERVER_ERROR', 'The server answered 204'],
  ])('throws an ApiError for %s', async (_case, status, body, code, message) => {
    const { client } = fakeServer(status, body);
    const failure = client.call(operations.getRule, { params: { ref: 'x.y' } });
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({ status, code, message });
  });

  it('refuses an answer that is not what the contract says', async () => {
    const { client } = fakeServer(200, JSON.stringify({ data: { ...rule, id: 'one' } }));
    const failure = client.call(operations.getRule, { params: { ref: 'x.y' } });
    await expect(failure).rejects.toBeInstanceOf(ApiUnreachableError);
  });

  it('says when there is no server', async () => {
    const client = createClient({
      baseUrl: 'http://attune.test',
      fetch: () => Promise.reject(new TypeError('fetch failed')),
    });
    await expect(client.call(operations.getHealth)).rejects.toThrow('No answer from http://attune.test');
  });
});
