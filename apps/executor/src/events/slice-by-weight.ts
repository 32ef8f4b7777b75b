/** Cuts a list, in order, into slices of at most `limit` weight together; an item heavier than that stands alone. */
export function sliceByWeight<T>(items: readonly T[], weightOf: (item: T) => number, limit: number): T[][] {
  const slices: T[][] = [];
  let weight = 0;
  for (const item of items) {
    const added = weightOf(item);
    const current = slices.at(-1);
    if (current !== undefined && weight + added <= limit) {
      current.push(item);
      weight += added;
    } else {
      slices.push([item]);
      weight = added;
    }
  }
  return slices;
}
