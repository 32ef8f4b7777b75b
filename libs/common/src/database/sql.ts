/** A statement with its parameters: the text never holds a value. Make one with the `sql` tag. */
export class Sql {
  constructor(
    private readonly parts: readonly string[],
    private readonly inputs: readonly unknown[],
    /** Whether each connection keeps the parsed statement for the next call. */
    readonly isPrepared = false,
  ) {}

  /**
   * The same statement, parsed once by each connection and then known by a name. For what runs with every event: parsing took
   * 0.1 to 0.3 ms each time. Whether the plan is kept as well the server decides by its cost. Not for statements with many
   * variants: each text stays in the memory of each connection. Nor for updates of time-series tables: a kept plan does not know
   * its range of `created`, and would unpack compressed chunks.
   */
  prepared(): Sql {
    return new Sql(this.parts, this.inputs, true);
  }

  /** The statement with `$1…$n` and the values in that order. Other words for a parameter are made from its number. */
  compile(placeholder = (number: number): string => `$${number}`): { text: string; values: unknown[] } {
    const values: unknown[] = [];
    return { text: this.render(values, placeholder), values };
  }

  private render(values: unknown[], placeholder: (number: number) => string): string {
    return this.parts.reduce((text, part, index) => {
      const input = this.inputs[index - 1];
      if (input instanceof Sql) return text + input.render(values, placeholder) + part;
      values.push(input);
      return `${text}${placeholder(values.length)}${part}`;
    });
  }
}

/**
 * Tag for statements. A value in `${…}` becomes a parameter; another `sql` fragment is spliced in and its parameters are
 * renumbered. Identifiers cannot be passed: they are part of the text, so they are constants of the code.
 */
export const sql = (parts: TemplateStringsArray, ...values: unknown[]): Sql => new Sql(parts, values);

/** Conditions joined by `and`; without any the fragment `true`. */
export const allOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`true` : new Sql(['', ...conditions.slice(1).map(() => ' and '), ''], conditions);

/** Conditions joined by `or`, in parentheses; without any the fragment `false`. */
export const anyOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`false` : new Sql(['(', ...conditions.slice(1).map(() => ' or '), ')'], conditions);

/** A parameter for a `json`/`jsonb` column. Needed because the driver would send a JavaScript array as a PostgreSQL array. */
export const json = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);
