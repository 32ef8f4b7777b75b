import { type TimeRange } from '@attune/common';
import { type TimeSeriesPoint } from '@attune/contract';
import { iso } from '../domain/wire.js';

type CountColumn = 'transition_count' | 'execution_count' | 'event_count' | 'enforcement_count';

type Bucket<C extends CountColumn> = { readonly bucket: Date; readonly status?: string | null } & Readonly<
  Record<C, number>
>;

/** Points of a series: a status where the series tells them apart, else no label. */
export const showPoints = <C extends CountColumn>(buckets: readonly Bucket<C>[], count: C): TimeSeriesPoint[] =>
  buckets.map((bucket) => ({ bucket: iso(bucket.bucket), label: bucket.status ?? null, value: bucket[count] }));

export const showRange = ({ from, until }: TimeRange) => ({ since: iso(from), until: iso(until) });
