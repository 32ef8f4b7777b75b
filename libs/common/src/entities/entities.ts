/** Every entity class, for the data source. */
export const entities: (new () => object)[] = [];
