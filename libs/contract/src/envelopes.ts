import { type z } from 'zod';
import { response } from './define.js';
import { bool, omittable, text, uint32, uint64 } from './fields.js';

/** Answer of deletions. */
export const SuccessResponse = response('SuccessResponse', { success: bool(), message: text() });
export type SuccessResponse = z.output<typeof SuccessResponse>;

/** Totals are left out where counting was not asked for; `has_next` is always right. */
export const PaginationMeta = response('PaginationMeta', {
  page: uint32(),
  page_size: uint32(),
  total_items: omittable(uint64()),
  total_pages: omittable(uint32()),
  has_previous: bool(),
  has_next: bool(),
});
export type PaginationMeta = z.output<typeof PaginationMeta>;

/** `{data, message?}`: most single results. `message` only on some writes. */
export interface DataEnvelope<T> {
  data: T;
  message?: string;
}

/** `{items, pagination}`: every paged list. */
export interface Page<T> {
  items: T[];
  pagination: PaginationMeta;
}
