import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createOpenApiDocument } from './index.js';
import { operations } from './operations.js';

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

describe('the OpenAPI document', () => {
  const { version } = read('../package.json') as { version: string };
  const document = createOpenApiDocument(version);

  it('is the committed one; `npx nx run contract:openapi` writes it', () => {
    expect(document).toEqual(read('../openapi.json'));
  });

  it('describes every operation, with every reference resolved', () => {
    const paths = Object.values(document['paths'] as Record<string, Record<string, { operationId: string }>>);
    const described = paths.flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(described.sort()).toEqual(Object.keys(operations).sort());
    const components = document['components'] as Record<string, Record<string, unknown>>;
    const missing = references(document).filter((reference) => {
      const [, , kind = '', name = ''] = reference.split('/');
      return components[kind]?.[name] === undefined;
    });
    expect(missing).toEqual([]);
  });

  it('shows what may be sent in requests and what is read in answers', () => {
    const { schemas } = document['components'] as {
      schemas: Record<string, { required?: string[]; properties: object }>;
    };
    expect(schemas['CreateRuleRequest']?.required).toEqual(['ref', 'pack_ref', 'label', 'action_ref', 'trigger_ref']);
    expect(schemas['CreateRuleRequest']?.properties).toHaveProperty('enabled.default', true);
    expect(schemas['EventSummary']?.required).toContain('source_ref');
    expect(schemas['TriggerResponse']?.required).not.toContain('webhook_key');
  });
});
