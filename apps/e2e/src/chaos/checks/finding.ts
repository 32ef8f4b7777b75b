/** Something that must not be. */
export interface Finding {
  /** Name of the invariant. */
  readonly invariant: string;
  readonly text: string;
  /** Of executions, enforcements or events: where to look. */
  readonly ids: readonly number[];
}
