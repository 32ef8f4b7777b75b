import { execute, json, sql, type Sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type PackKey } from '../../load/written.js';
import { WORKFLOW_ENTRYPOINT } from '../workflow-file.js';
import { type WorkflowRow } from './upsert-workflow.sql.js';

/** Everything of the action that follows its workflow, in the order of every list below. */
const COLUMNS = {
  target: sql`
    label, description, entrypoint, runtime, runtime_ref, param_schema, out_schema, workflow_def, is_adhoc, tags,
    default_execution_permission_set_refs, enabled`,
  stored: sql`
    action.label, action.description, action.entrypoint, action.runtime, action.runtime_ref, action.param_schema,
    action.out_schema, action.workflow_def, action.is_adhoc, action.tags, action.default_execution_permission_set_refs,
    action.enabled`,
  excluded: sql`
    excluded.label, excluded.description, excluded.entrypoint, excluded.runtime, excluded.runtime_ref,
    excluded.param_schema, excluded.out_schema, excluded.workflow_def, excluded.is_adhoc, excluded.tags,
    excluded.default_execution_permission_set_refs, excluded.enabled`,
} as const satisfies Record<string, Sql>;

/**
 * Writes the action through which a workflow is run, where it is new or different. What only the file of an action says stays as it
 * is stored where there is no such file.
 */
export async function upsertWorkflowAction(
  db: EntityManager,
  pack: PackKey,
  { action, ...row }: WorkflowRow & { readonly workflowId: number },
): Promise<void> {
  await execute(
    db,
    sql`
    insert into action (ref, pack, pack_ref, ${COLUMNS.target})
    select
      ${row.ref}, ${pack.id}::bigint, ${pack.ref}, ${row.label}, ${row.description},
      coalesce(${row.entrypoint}::text, stored.entrypoint, ${WORKFLOW_ENTRYPOINT}), null::bigint, null,
      ${json(row.param_schema)}::jsonb, ${json(row.out_schema)}::jsonb, ${row.workflowId}::bigint, ${row.isAdhoc}::boolean,
      ${row.tags}::text[],
      coalesce(${action?.default_execution_permission_set_refs ?? null}::text[], stored.sets, '{}'),
      coalesce(${action?.enabled ?? null}::boolean, stored.enabled, true)
    from (select) as always
    left join (
      select a.entrypoint, a.default_execution_permission_set_refs as sets, a.enabled from action as a where a.ref = ${row.ref}
    ) as stored on true
    on conflict (ref) do update set (${COLUMNS.target}) = row (${COLUMNS.excluded})
    where (${COLUMNS.stored}) is distinct from (${COLUMNS.excluded})`,
  );
}
