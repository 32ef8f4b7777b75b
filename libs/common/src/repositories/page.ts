/** Which part of a list is wanted. */
export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
}

/** One part of a list, with how many rows there are in all. */
export interface CountedPage<Row> {
  readonly rows: Row[];
  readonly total: number;
}

/** One part of a list of a time series. Counting reads the whole range, so it is done only on request. */
export interface TimeSeriesPageRequest extends PageRequest {
  readonly includeTotal?: boolean;
}

export interface TimeSeriesPage<Row> {
  readonly rows: Row[];
  readonly hasNext: boolean;
  /** Null when it was not asked for. */
  readonly total: number | null;
}
