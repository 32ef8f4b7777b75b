import { type Sql, sql } from '@attune/common';

/** How full the bucket `a` is now. A clock that went back leaks nothing. */
export const leakedLevel = (windowSeconds: number): Sql =>
  sql`greatest(0, a.level - greatest(0, extract(epoch from now() - a.counted_at)) / ${windowSeconds}::double precision)`;

/** 1, and what ten times a tenth may be more than that. */
export const FULL = 1.000001;
