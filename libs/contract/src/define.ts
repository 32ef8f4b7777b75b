import { type Json } from '@attune/engine';
import { z } from 'zod';

/** What a model is for. It decides which side of a schema (what is sent, what is read) OpenAPI shows. */
export type ModelKind = 'enum' | 'request' | 'response' | 'shared' | 'union';

export interface ModelEntry {
  /** Name on the wire documents; unique. */
  readonly id: string;
  readonly kind: ModelKind;
  /** Other names a key is accepted under: alias → key. The key wins when both are sent. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** Every named model, found by its schema. Filled by the functions below and read by OpenAPI and the server. */
export const contractModels: ReadonlyMap<z.ZodType, ModelEntry> = new Map<z.ZodType, ModelEntry>();

const register = <T extends z.ZodType>(schema: T, entry: ModelEntry): T => {
  (contractModels as Map<z.ZodType, ModelEntry>).set(schema, entry);
  return schema;
};

/** What becomes of keys nobody named: dropped unless `strict` (refused) or `open` (kept). */
interface UnknownKeys {
  strict?: true;
  open?: true;
}

const object = <S extends z.ZodRawShape>(shape: S, { strict, open }: UnknownKeys) =>
  strict ? z.strictObject(shape) : open ? z.looseObject(shape) : z.object(shape);

/** A body the client sends. Unknown keys are ignored. */
export const request = <S extends z.ZodRawShape>(
  id: string,
  shape: S,
  options: { aliases?: Readonly<Record<string, string>> } = {},
) => register(z.object(shape), { id, kind: 'request', ...options });

/** A body the server sends. */
export const response = <S extends z.ZodRawShape>(id: string, shape: S, unknownKeys: UnknownKeys = {}) =>
  register(object(shape, unknownKeys) as z.ZodObject<S>, { id, kind: 'response' });

/** A part that both sides send. */
export const shared = <S extends z.ZodRawShape>(id: string, shape: S, unknownKeys: UnknownKeys = {}) =>
  register(object(shape, unknownKeys) as z.ZodObject<S>, { id, kind: 'shared' });

/** One of several objects, told apart by the key `discriminator`. */
export const union = <const T extends readonly [z.ZodObject, ...z.ZodObject[]]>(
  id: string,
  discriminator: string,
  options: T,
) => register(z.discriminatedUnion(discriminator, options), { id, kind: 'union' });

export const enumeration = <const V extends readonly [string, ...string[]]>(id: string, values: V) =>
  register(z.enum(values), { id, kind: 'enum' });

/** How an update empties a field: `{"op":"set","value":…}` or `{"op":"clear"}`. Absent and null keep what is stored. */
export const patch = <T extends z.ZodType>(id: string, value: T) =>
  register(
    z.discriminatedUnion('op', [z.object({ op: z.literal('set'), value }), z.object({ op: z.literal('clear') })]),
    { id, kind: 'union' },
  );

/** What a decoded {@link patch} says. */
export type FieldPatch<T = Json> = { op: 'set'; value: T } | { op: 'clear' };
