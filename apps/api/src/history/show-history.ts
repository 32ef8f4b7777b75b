import { type HistoryRow, sql } from '@attune/common';
import { type HistoryRecordResponse } from '@attune/contract';
import { type FactColumns } from '../access/condition.js';
import { iso } from '../domain/wire.js';

export const showHistoryRecord = (row: HistoryRow): HistoryRecordResponse => ({
  time: iso(row.time),
  operation: row.operation,
  entity_id: row.entity_id,
  entity_ref: row.entity_ref,
  changed_fields: row.changed_fields,
  old_values: row.old_values,
  new_values: row.new_values,
});

/** One column of the execution a row of `listHistory` is about; null when the execution is gone. */
const ofExecution = (column: 'executor' | 'ancestor_executors') => sql`(
  select ${column === 'executor' ? sql`x.executor` : sql`x.ancestor_executors`}
  from execution as x
  where x.id = e.entity_id and x.created = time_id_created(e.entity_id)
)`;

/**
 * A row of an execution's history as grants see it: as the execution itself. A grant about who runs it finds nothing once
 * the execution is gone.
 */
export const EXECUTION_HISTORY_COLUMNS: FactColumns = {
  id: sql`e.entity_id`,
  ref: sql`e.entity_ref`,
  packRef: sql`split_part(e.entity_ref, '.', 1)`,
  executor: ofExecution('executor'),
  ancestorExecutors: ofExecution('ancestor_executors'),
};
