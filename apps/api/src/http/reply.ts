import { type CountedPage, type PageRequest, type TimeSeriesPage } from '@attune/common';
import { type Page } from '@attune/contract';

/** A result with a line for the person who asked, as some writes give it. */
export class WithMessage<T> {
  constructor(
    readonly data: T,
    readonly message: string,
  ) {}
}

/** Which page was asked for; its size is already cut to the limit of the list. */
type PageQuery = { readonly page: number } & ({ readonly page_size: number } | { readonly per_page: number });

const sizeOf = (query: PageQuery): number => ('page_size' in query ? query.page_size : query.per_page);

export const pageRequest = (query: PageQuery): PageRequest => ({
  limit: sizeOf(query),
  offset: (query.page - 1) * sizeOf(query),
});

/** A page of a list whose rows were all counted. */
export function countedPage<Row, T>(
  query: PageQuery,
  { rows, total }: CountedPage<Row>,
  show: (row: Row) => T,
): Page<T> {
  const size = sizeOf(query);
  const pages = Math.ceil(total / size);
  return {
    items: rows.map(show),
    pagination: {
      page: query.page,
      page_size: size,
      total_items: total,
      total_pages: pages,
      has_previous: query.page > 1,
      has_next: query.page < pages,
    },
  };
}

/** A page of a list that is asked for by offset instead of by page. */
export function offsetPage<Row, T>(
  { offset, limit }: PageRequest,
  { rows, total }: CountedPage<Row>,
  show: (row: Row) => T,
): Page<T> {
  return {
    items: rows.map(show),
    pagination: {
      page: Math.floor(offset / limit) + 1,
      page_size: limit,
      total_items: total,
      total_pages: Math.ceil(total / limit),
      has_previous: offset > 0,
      has_next: offset + limit < total,
    },
  };
}

/** A page of a time series; its totals are left out unless somebody asked for them. */
export function seriesPage<Row, T>(
  query: PageQuery,
  { rows, hasNext, total }: TimeSeriesPage<Row>,
  show: (row: Row) => T,
): Page<T> {
  if (total !== null) return countedPage(query, { rows, total }, show);
  return {
    items: rows.map(show),
    pagination: { page: query.page, page_size: sizeOf(query), has_previous: query.page > 1, has_next: hasNext },
  };
}
