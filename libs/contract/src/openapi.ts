import { z } from 'zod';
import { contractModels, type ModelEntry } from './define.js';
import { PaginationMeta } from './envelopes.js';
import { AuthErrorBody, ErrorResponse } from './errors.js';
import { type AnyOperation, type FormFieldType, type Success } from './operation.js';
import { operationsByArea } from './operations.js';

type Json = Record<string, unknown>;
type Direction = 'input' | 'output';

/** The OpenAPI 3.1 document of all operations. The same input gives the same text, so it can be committed. */
export function createOpenApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [area, operations] of Object.entries(operationsByArea)) {
    for (const operation of Object.values<AnyOperation>(operations)) {
      (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describeOperation(area, operation);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Attune',
      version,
      description: 'Events, rules, and the executions they lead to.',
    },
    tags: Object.keys(operationsByArea).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: describeErrors(),
      schemas: describeModels(),
    },
  };
}

function describeOperation(area: string, operation: AnyOperation): Json {
  const described: Json = { operationId: operation.operationId, tags: [area], summary: operation.summary };
  const permissions = [operation.permission, operation.orPermission].filter((one) => one !== null && one !== undefined);
  if (permissions.length > 0) {
    described['description'] = `Needs the permission ${permissions.map((one) => `\`${one}\``).join(' or ')}.`;
  }
  if (Array.isArray(operation.auth)) described['security'] = [{ bearer: [] }];
  const parameters = [...describeParameters('path', operation.params), ...describeParameters('query', operation.query)];
  if (parameters.length > 0) described['parameters'] = parameters;
  const content = describeBody(operation);
  if (content) described['requestBody'] = { required: operation.bodyOptional !== true, content };
  described['responses'] = describeResponses(operation);
  return described;
}

function describeBody({ body, multipart, rawBody }: AnyOperation): Json | undefined {
  if (body) return jsonOf(body, 'input');
  if (rawBody) return { 'application/octet-stream': { schema: BYTES } };
  if (!multipart) return undefined;
  const fields = Object.entries(multipart);
  const properties = Object.fromEntries(fields.map(([name, type]) => [name, FORM_FIELDS[type]]));
  const required = fields.filter(([, type]) => type === 'file').map(([name]) => name);
  return { 'multipart/form-data': { schema: { type: 'object', properties, required } } };
}

const BYTES: Json = { type: 'string', format: 'binary' };
const FORM_FIELDS: Readonly<Record<FormFieldType, Json>> = {
  file: BYTES,
  text: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
};

function describeParameters(place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !isOptional(field as z.ZodType),
    schema: schemaOf(field as z.ZodType, 'input'),
  }));
}

function describeResponses(operation: AnyOperation): Json {
  const responses: Json = { [operation.success.status]: describeSuccess(operation.success) };
  for (const status of operation.errors) {
    if (operation.errorModel) {
      responses[status] = { description: reasons[status], content: jsonOf(operation.errorModel, 'output') };
    } else {
      const isTokenError = status === 401 && Array.isArray(operation.auth);
      responses[status] = { $ref: `#/components/responses/${isTokenError ? 'TokenError' : `Error${status}`}` };
    }
  }
  return responses;
}

function describeErrors(): Json {
  const errors = Object.entries(reasons).map(([status, description]) => [
    `Error${status}`,
    { description, content: jsonOf(ErrorResponse, 'output') },
  ]);
  const tokenError = envelope({ error: schemaOf(AuthErrorBody, 'output') });
  return {
    ...(Object.fromEntries(errors) as Json),
    TokenError: { description: 'No valid token', content: { 'application/json': { schema: tokenError } } },
  };
}

function describeSuccess(success: Success): Json {
  if (!('model' in success)) return BODILESS[success.shape];
  const model = schemaOf(success.model, 'output');
  const schema = {
    data: envelope({ data: model }, { message: { type: 'string' } }),
    paginated: envelope({ items: { type: 'array', items: model }, pagination: schemaOf(PaginationMeta, 'output') }),
    raw: model,
  }[success.shape];
  return { description: 'Done', content: { 'application/json': { schema } } };
}

/** Successes without a model. */
const BODILESS = {
  binary: { description: 'Bytes', content: { 'application/octet-stream': { schema: BYTES } } },
  sse: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
  none: { description: 'Done' },
} satisfies Readonly<Record<string, Json>>;

const envelope = (required: Json, optional: Json = {}): Json => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
});

const reasons: Readonly<Record<number, string>> = {
  400: 'The path, the query or the JSON cannot be read, or the request makes no sense',
  401: 'The credentials are wrong',
  403: 'The caller may not do this',
  404: 'Not found',
  409: 'Conflicts with what is stored',
  413: 'The body is too large',
  415: 'The body is not of the type that is asked for',

  422: 'The body is JSON of the wrong shape or breaks a rule',
  429: 'Too many requests',
  500: 'The service failed',
  501: 'Not available in this installation',
  503: 'The service cannot work now',
};

const jsonOf = (model: z.ZodType, direction: Direction): Json => ({
  'application/json': { schema: schemaOf(model, direction) },
});

/** A reference to a named model, or the schema itself. */
function schemaOf(schema: z.ZodType, direction: Direction): Json {
  const named = contractModels.get(schema);
  if (named) return { $ref: reference(named.id) };
  if (schema instanceof z.ZodArray) {
    return { type: 'array', items: schemaOf(schema.element as z.ZodType, direction) };
  }
  return withoutHeader(z.toJSONSchema(schema, settings(direction)));
}

/** Requests show what may be sent, answers what is read; parts used by both show what may be sent. */
function describeModels(): Json {
  const described: Json = {};
  for (const direction of ['input', 'output'] as const) {
    const registry = z.registry<ModelEntry>();
    for (const [schema, entry] of contractModels) registry.add(schema, entry);
    const { schemas } = z.toJSONSchema(registry, { ...settings(direction), uri: reference });
    for (const { id, kind } of contractModels.values()) {
      if ((kind === 'response') === (direction === 'output')) described[id] = withoutHeader(schemas[id] ?? {});
    }
  }
  return Object.fromEntries(Object.entries(described).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const reference = (id: string): string => `#/components/schemas/${id}`;

const settings = (direction: Direction) =>
  ({
    io: direction,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // zod drops the default of a transformed value and spells a date-time out as a pattern; the reader wants neither.
      const value = z.globalRegistry.get(zodSchema)?.['default'];
      if (value !== undefined) jsonSchema.default = value;
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  }) satisfies Parameters<typeof z.toJSONSchema>[1];

const withoutHeader = ({ $schema: _schema, $id: _id, ...rest }: Json): Json => rest;

const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success;
