import { sql, type Sql } from '../database/sql.js';

/** Whether a filter on a ref is a glob, for which there is no index. */
export const isGlob = (wanted: string | undefined): boolean => wanted?.includes('*') === true;

/** Equal to `wanted`, or, when that holds a `*`, matching it as a glob (`core.*`). */
export function matchesRef(column: Sql, wanted: string): Sql {
  return isGlob(wanted) ? sql`${column} like ${escapeLike(wanted).replaceAll('*', '%')}` : sql`${column} = ${wanted}`;
}

/** Holds `text` somewhere, in upper or lower case. */
export const containsText = (column: Sql, text: string): Sql => sql`${column} ilike ${`%${escapeLike(text)}%`}`;

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
