/** The fields of a filter that are given. TypeORM refuses an undefined condition. */
export function given<Filter extends object>(filter: Filter): { [K in keyof Filter]?: Exclude<Filter[K], undefined> } {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as {
    [K in keyof Filter]?: Exclude<Filter[K], undefined>; // the same keys, less the undefined ones
  };
}
