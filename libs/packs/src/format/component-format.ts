import { type z } from 'zod';
import { type ComponentType } from '../problem.js';

/** How one kind of file is read: what it may hold, and the row that comes of it. */
export interface ComponentFormat<Shape extends z.ZodRawShape, Spec> {
  readonly type: ComponentType;
  /** Keys and their values. Keys that are not in here are reported as unknown, not refused. */
  readonly file: z.ZodObject<Shape>;
  /** Unknown keys are refused instead; `file` is strict then. */
  readonly rejectsUnknown?: true;
  /** Keys of a file that ask for something this version cannot do yet. */
  readonly notYet?: (raw: z.output<z.ZodObject<Shape>>) => readonly string[];
  /** Called with a file that passed `file`; `ref` is complete and belongs to the pack. */
  readonly build: (raw: z.output<z.ZodObject<Shape>>, ref: string) => Spec;
}
