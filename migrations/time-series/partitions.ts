import { type TimeSeriesTable } from './tables.js';

/** Partitions are made this long before they are needed, so that rows never wait for maintenance. */
export const DAYS_AHEAD = 7;

/** A fixed Monday before every row, from which chunks are counted: days begin at UTC midnight, weeks on a Monday. */
const ORIGIN = `timestamptz '2024-12-30 00:00:00+00'`;

/** The partition that takes rows no other one takes. Normally empty. */
export const defaultPartition = (table: TimeSeriesTable): string => `${table.name}_default`;

/** SQL: the start of the chunk that holds the time `expression`. */
export const chunkStart = (table: TimeSeriesTable, expression: string): string =>
  `date_bin('${table.chunk}', ${expression}, ${ORIGIN})`;

/** In hours, because adding a "day" depends on the session's time zone. */
const CHUNK_STEP = { '1 day': `interval '24 hours'`, '7 days': `interval '168 hours'` } as const;

/** One partition, with its bounds `[first, last)` as literals that mean the same in every session. */
export interface Partition {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

/**
 * SQL that lists the partitions (`name, first, last`) of the given chunk starts which do not exist yet.
 * @param starts SQL of a query whose only column `start` is a chunk start
 */
export function missingPartitions(table: TimeSeriesTable, starts: string): string {
  return `
    select p.name, p.first, p.last
    from (
      select distinct
        '${table.name}_p' || to_char(c.start at time zone 'UTC', 'YYYYMMDD') as name,
        to_char(c.start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS+00') as first,
        to_char((c.start + ${CHUNK_STEP[table.chunk]}) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS+00') as last
      from (${starts}) as c (start)
    ) as p
    where to_regclass(p.name) is null
    order by p.first`;
}

/** SQL of the chunk starts from the current one to the one that begins `DAYS_AHEAD` days from now. */
export function chunksAhead(table: TimeSeriesTable): string {
  return `
    select a.start
    from generate_series(
      ${chunkStart(table, 'now()')}, now() + interval '${DAYS_AHEAD} days', ${CHUNK_STEP[table.chunk]}
    ) as a (start)`;
}
