import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type PackKey } from '../../load/written.js';
import { type WorkflowSpec } from '../workflow-file.js';

/** Made over the API, or from a file of the pack, which decides about it. */
export interface WorkflowRow extends Omit<WorkflowSpec, 'entrypoint'> {
  readonly isAdhoc: boolean;
  /** Null: it is made over the API, or keeps the one that is stored. */
  readonly entrypoint: string | null;
}

/** Writes a workflow where it is new or different; null: it was right already. */
export async function upsertWorkflow(db: EntityManager, pack: PackKey, row: WorkflowRow): Promise<number | null> {
  const [written] = await run<{ id: number }>(
    db,
    sql`
    insert into workflow_definition (
      ref, pack, pack_ref, label, description, version, param_schema, out_schema, definition, tags, is_adhoc
    )
    values (
      ${row.ref}, ${pack.id}, ${pack.ref}, ${row.label}, ${row.description}, ${row.version},
      ${json(row.param_schema)}::jsonb, ${json(row.out_schema)}::jsonb, ${json(row.definition)}::jsonb, ${row.tags}::text[],
      ${row.isAdhoc}
    )
    on conflict (ref) do update set
      label = excluded.label,
      description = excluded.description,
      version = excluded.version,
      param_schema = excluded.param_schema,
      out_schema = excluded.out_schema,
      definition = excluded.definition,
      tags = excluded.tags,
      is_adhoc = excluded.is_adhoc
    where
      (
        workflow_definition.label, workflow_definition.description, workflow_definition.version,
        workflow_definition.param_schema, workflow_definition.out_schema, workflow_definition.definition,
        workflow_definition.tags, workflow_definition.is_adhoc
      ) is distinct from (
        excluded.label, excluded.description, excluded.version, excluded.param_schema, excluded.out_schema,
        excluded.definition, excluded.tags, excluded.is_adhoc
      )
    returning workflow_definition.id`,
  );
  return written?.id ?? null;
}
