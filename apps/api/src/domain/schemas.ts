import { DomainError } from '@attune/common';
import { type JsonObject, schemaProblem, toJsonSchema } from '@attune/engine';

/** A parameter schema that is about to be stored. @throws DomainError 422 when nothing could ever be checked against it */
export function requireUsableSchema(field: string, schema: JsonObject | null): JsonObject | null {
  const problem = schema && schemaProblem(toJsonSchema(schema) ?? {});
  if (problem) throw new DomainError('request.invalid', `${field} is not a usable schema: ${problem}`);
  return schema;
}
