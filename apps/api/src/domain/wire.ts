import { DomainError } from '@attune/common';
import { isJsonObject, type Json, type JsonObject } from '@attune/engine';

/** An instant as answers carry it. */
export const iso = (date: Date): string => date.toISOString();

export const isoOrNull = (date: Date | null): string | null => (date === null ? null : iso(date));

/** For keys that are left out instead of being null. */
export const unlessNull = <T>(value: T | null): T | undefined => value ?? undefined;

/** For keys that are left out instead of being empty. */
export const unlessEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

/** A JSON object of a request. @throws DomainError 422 for any other JSON */
export function requireObject(field: string, value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  throw new DomainError('request.invalid', `${field} must be an object`);
}

/** A JSON object or nothing. @throws DomainError 422 for any other JSON */
export const objectOrNull = (field: string, value: Json | undefined): JsonObject | null =>
  value === undefined || value === null ? null : requireObject(field, value);

/** A checked part of a request as it is stored: keys without a value are left out. */
export const asStored = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
