import { EXECUTION_STATUSES } from '@attune/common';
import { type NotifyExecutionPayload, WorkflowTaskMetadata } from '@attune/contract';
import { z } from 'zod';
import { iso, isoOrNull } from '../../domain/wire.js';
import { type ChangedExecution } from '../sql/list-changed-executions.sql.js';

const status = z.enum(EXECUTION_STATUSES);

/** What the triggers announce of one execution; of one with very long refs only its id. */
const announcement = z.object({ id: z.int(), status: status.optional(), old_status: status.optional() });
export type Announcement = z.output<typeof announcement>;

const announcements = z.array(announcement);

/** The executions a notification is about, in their order; none when it cannot be read. */
export function readAnnouncements(payload: string): Announcement[] {
  try {
    return announcements.parse(JSON.parse(payload));
  } catch {
    return [];
  }
}

/** A change as clients hear of it: the status it brought, even where the row has gone on since. */
export const showExecutionChange = (
  { status, old_status }: Announcement,
  execution: ChangedExecution,
): NotifyExecutionPayload => ({
  entity_type: 'execution',
  entity_id: execution.id,
  id: execution.id,
  action_id: execution.action,
  action_ref: execution.action_ref,
  status: status ?? execution.status,
  old_status,
  enforcement: execution.enforcement,
  rule_ref: execution.rule_ref,
  trigger_ref: execution.trigger_ref,
  parent: execution.parent,
  started_at: isoOrNull(execution.started_at),
  workflow_task: execution.workflow_task === null ? null : WorkflowTaskMetadata.parse(execution.workflow_task),
  created: iso(execution.created),
  updated: iso(execution.updated),
});
