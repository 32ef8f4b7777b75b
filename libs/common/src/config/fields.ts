import { z } from 'zod';

export const positive = z.coerce.number().int().min(1);
export const flag = z.union([z.boolean(), z.stringbool()]);
export const text = z.string().min(1);

/** A list in YAML; in a variable the entries are separated by commas. */
export const list = z.union([
  z.array(text),
  z.string().transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  ),
]);

/** A part of the configuration that may be left out as a whole. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).prefault({} as never);
