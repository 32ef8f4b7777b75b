import { readFile } from 'node:fs/promises';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('documentation', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('serves the committed OpenAPI document', async () => {
    const committed = await readFile(new URL('../../../../libs/contract/openapi.json', import.meta.url), 'utf8');
    const answer = await api.app.inject({ url: '/api-spec/openapi.json' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(JSON.parse(committed));
  });

  it('serves an interactive page with everything it needs', async () => {
    const redirect = await api.app.inject({ url: '/docs' });
    expect([redirect.statusCode, redirect.headers.location]).toEqual([303, '/docs/']);
    const page = await api.app.inject({ url: '/docs/' });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const files = [...page.payload.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]);
    expect(files).toContain('swagger-ui-bundle.js');
    for (const file of files) expect((await api.app.inject({ url: `/docs/${file}` })).statusCode).toBe(200);
    expect(page.payload).not.toMatch(/https?:/);
  });

  it('hands out nothing else', async () => {
    for (const url of ['/docs/nothing.js', '/docs/../package.json', '/docs/%2e%2e/package.json']) {
      expect((await api.app.inject({ url })).statusCode).toBe(404);
    }
  });
});
