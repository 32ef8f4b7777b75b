import { HOURLY_AGGREGATES, type HourlyAggregate, TIME_SERIES_TABLES, type TimeSeriesTable } from '@attune/migrations';
import { Sql } from '../database/sql.js';

export { HOURLY_AGGREGATES, TIME_SERIES_TABLES };

export type TimeSeriesTableName = TimeSeriesTable['name'];
export type HourlyAggregateName = HourlyAggregate['name'];

/** The table of that name; undefined when it is not a time-series table. */
export const findTimeSeriesTable = (name: string): TimeSeriesTable | undefined =>
  TIME_SERIES_TABLES.find((table) => table.name === name);

/** The aggregates that count the rows of a table. */
export const aggregatesOf = (table: TimeSeriesTableName): readonly HourlyAggregate[] =>
  HOURLY_AGGREGATES.filter((aggregate) => aggregate.source === table);

/** Text of a statement: names of our own tables, or SQL built by the migrations. Never anything from outside. */
export const verbatim = (text: string): Sql => new Sql([text], []);
