import { type Json } from '@attune/engine';
import { z } from 'zod';

/**
 * Any JSON value, `null` included; only a missing key is refused. Bodies reach us through `JSON.parse`, so their depths
 * are not walked again. A caller may give anything: what cannot be JSON is lost when the body is written.
 */
export const json = (): z.ZodType<Json> => z.custom<Json>((value) => value !== undefined, 'Required');

/** A row id or another 64-bit count. Ours stay below 2^53, so they are plain JSON numbers. */
export const int64 = () => z.int().meta({ format: 'int64' });
/** A 64-bit count that is never negative. */
export const uint64 = () => z.int().nonnegative().meta({ format: 'uint64' });
/** A 32-bit number; `min` is a declared limit, not part of the type. */
export const int32 = (limits: { min?: number } = {}) =>
  (limits.min === undefined ? z.int32() : z.int32().min(limits.min)).meta({ format: 'int32' });
export const uint32 = () => z.uint32().meta({ format: 'uint32' });
export const float64 = () => z.number().meta({ format: 'double' });
export const uuid = () => z.guid();
export const bool = () => z.boolean();

/** Text of any length, or within declared limits (characters). */
export const text = (limits: { min?: number; max?: number } = {}) => {
  let schema = z.string();
  if (limits.min !== undefined) schema = schema.min(limits.min);
  if (limits.max !== undefined) schema = schema.max(limits.max);
  return schema;
};
/** Labels, refs and logins of requests: 1 to 255 characters. */
export const shortText = () => text({ min: 1, max: 255 });

/** An instant, RFC 3339; answers are always in UTC with `Z`. */
export const timestamp = () => z.iso.datetime({ offset: true });

export const list = <T extends z.ZodType>(item: T) => z.array(item);
export const textMap = () => z.record(z.string(), z.string());
export const jsonMap = () => z.record(z.string(), json());

/** A key of a request that may be missing or null; both mean "not given" and are read as undefined. */
export const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** A key of a request with a value for missing and null. */
export const orDefault = <T extends z.ZodType>(schema: T, value: z.output<T>) =>
  schema
    .nullish()
    .transform((given): z.output<T> => given ?? value)
    .meta({ default: value });

/** A key of an answer that is left out instead of being null or empty. */
export const omittable = <T extends z.ZodType>(schema: T) => schema.optional();

/** A page size or similar: a missing value is `value`, a larger one than `max` is cut, silently, and 0 is read as 1. */
export const capped = (value: number, max: number, count: z.ZodNumber = z.uint32()) =>
  count
    .default(value)
    .transform((given) => Math.min(Math.max(given, 1), max))
    .meta({ default: value, description: `At most ${max}; larger values are cut.`, 'x-cap': max });
