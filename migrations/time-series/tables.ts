/** One table that is kept as time series. Intervals are PostgreSQL interval texts. */
export interface TimeSeriesTable {
  readonly name: 'event' | 'enforcement' | 'execution' | 'execution_history' | 'worker_history' | 'audit_event';
  /** The column that says where a row belongs. It never changes. */
  readonly timeColumn: 'created' | 'time';
  /** How much time one chunk (or partition) covers; aligned to UTC midnight, weeks to Monday. */
  readonly chunk: '1 day' | '7 days';
  /** Rows with equal values lie together in a compressed chunk, so a filter on this column reads only its own. */
  readonly segmentBy: string;
  /** Order inside a segment: (created, id) is what a point access names, so its batch is found by minimum and maximum. */
  readonly orderBy: string;
  readonly compressAfter: '7 days';
  /** Default retention; an operator may change it. */
  readonly keep: '90 days' | '180 days';
  /** Primary key before and after. Null: append-only, nobody ever looks one row up. */
  readonly primaryKey: { readonly ordinary: string; readonly timeSeries: string } | null;
}

const BY_ID = { ordinary: 'id', timeSeries: 'id, created' } as const;

export const EVENT: TimeSeriesTable = {
  name: 'event',
  timeColumn: 'created',
  chunk: '1 day',
  segmentBy: 'trigger_ref',
  orderBy: 'created desc, id',
  compressAfter: '7 days',
  keep: '90 days',
  primaryKey: BY_ID,
};

export const ENFORCEMENT: TimeSeriesTable = {
  name: 'enforcement',
  timeColumn: 'created',
  chunk: '1 day',
  segmentBy: 'rule_ref',
  orderBy: 'created desc, id',
  compressAfter: '7 days',
  keep: '90 days',
  primaryKey: BY_ID,
};

export const EXECUTION: TimeSeriesTable = {
  name: 'execution',
  timeColumn: 'created',
  chunk: '1 day',
  segmentBy: 'action_ref',
  orderBy: 'created desc, id',
  compressAfter: '7 days',
  keep: '90 days',
  primaryKey: BY_ID,
};

export const EXECUTION_HISTORY: TimeSeriesTable = {
  name: 'execution_history',
  timeColumn: 'time',
  chunk: '1 day',
  segmentBy: 'entity_id',
  orderBy: 'time desc',
  compressAfter: '7 days',
  keep: '90 days',
  primaryKey: null,
};

export const WORKER_HISTORY: TimeSeriesTable = {
  name: 'worker_history',
  timeColumn: 'time',
  chunk: '7 days',
  segmentBy: 'entity_id',
  orderBy: 'time desc',
  compressAfter: '7 days',
  keep: '180 days',
  primaryKey: null,
};

/**
 * The time comes first in the key: backwards it is the order of every list, so there is no second index for that, and a
 * point access names both columns anyway. Lists are mostly narrowed down by type, so that is what segments are made of.
 */
export const AUDIT_EVENT: TimeSeriesTable = {
  name: 'audit_event',
  timeColumn: 'created',
  chunk: '1 day',
  segmentBy: 'event_type',
  orderBy: 'created desc, id',
  compressAfter: '7 days',
  keep: '90 days',
  primaryKey: { ordinary: 'id', timeSeries: 'created, id' },
};

/** Every time-series table. */
export const TIME_SERIES_TABLES: readonly TimeSeriesTable[] = [
  EVENT,
  ENFORCEMENT,
  EXECUTION,
  EXECUTION_HISTORY,
  WORKER_HISTORY,
  AUDIT_EVENT,
];
