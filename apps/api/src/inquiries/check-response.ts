import { DomainError } from '@attune/common';
import { isJsonArray, isJsonObject, type Json, type JsonObject, toJsonSchema, validateSchema } from '@attune/engine';
import { requireUsableSchema } from '../domain/schemas.js';
import { objectOrNull } from '../domain/wire.js';

/**
 * The schema of the answers to a question. An answer is stored and shown as it is, so none may be called secret.
 * @throws DomainError 422
 */
export function requireResponseSchema(given: Json | undefined): JsonObject | null {
  const schema = requireUsableSchema('response_schema', objectOrNull('response_schema', given));
  if (schema === null || !marksSecrets(schema)) return schema;
  throw new DomainError(
    'inquiry.invalid',
    'response_schema marks an answer as secret, but answers are shown to readers',
  );
}

function marksSecrets(schema: Json): boolean {
  if (isJsonArray(schema)) return schema.some(marksSecrets);
  if (!isJsonObject(schema)) return false;
  return schema['secret'] === true || Object.values(schema).some(marksSecrets);
}

/** @throws DomainError 422 for an answer the schema does not allow */
export function requireFittingResponse(schema: JsonObject | null, response: Json): void {
  const jsonSchema = toJsonSchema(schema);
  if (jsonSchema === null) return;
  const outcome = validateSchema(jsonSchema, response);
  if (outcome.type === 'valid') return;
  if (outcome.type === 'invalid_schema') {
    throw new DomainError('inquiry.unprocessable', `The response_schema cannot be used: ${outcome.message}`);
  }
  const list = outcome.violations.map(({ path, message }) => (path === '' ? message : `${message} at ${path}`));
  throw new DomainError('inquiry.invalid', `The response does not fit the question: ${list.join(', ')}`);
}
