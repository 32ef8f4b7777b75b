import { type Database, run } from '../database/run.js';
import { allOf, anyOf, sql, type Sql } from '../database/sql.js';
import { WorkflowDefinitionEntity } from '../entities/workflow-definition.entity.js';
import { type CountedPage, type PageRequest } from './page.js';
import { containsText } from './text-match.js';

/** All conditions hold together. */
export interface WorkflowFilter {
  readonly pack_ref?: string | undefined;
  /** With at least one of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** Text in the label or the description, upper or lower case. */
  readonly search?: string | undefined;
  /** Which rows there are at all for who asks; the table is `w`. */
  readonly visible?: Sql | undefined;
}

/** A workflow in a list: without its graph. */
export type WorkflowSummaryRow = Pick<
  WorkflowDefinitionEntity,
  'id' | 'ref' | 'pack_ref' | 'label' | 'description' | 'version' | 'tags' | 'created' | 'updated'
>;

/** The workflow with this ref, or null. */
export const findWorkflow = (db: Database, ref: string): Promise<WorkflowDefinitionEntity | null> =>
  db.getRepository(WorkflowDefinitionEntity).findOneBy({ ref });

/** Workflows by label. */
export async function listWorkflows(
  db: Database,
  filter: WorkflowFilter,
  { limit, offset }: PageRequest,
): Promise<CountedPage<WorkflowSummaryRow>> {
  const conditions = conditionsOf(filter);
  const [{ total } = { total: 0 }] = await run<{ total: number }>(
    db,
    sql`select count(*) as total from workflow_definition as w where ${conditions}`,
  );
  const rows = await run<WorkflowSummaryRow>(
    db,
    sql`
    select w.id, w.ref, w.pack_ref, w.label, w.description, w.version, w.tags, w.created, w.updated
    from workflow_definition as w
    where ${conditions}
    order by w.label, w.id
    limit ${limit} offset ${offset}`,
  );
  return { rows, total };
}

function conditionsOf({ pack_ref: packRef, tags, search, visible }: WorkflowFilter): Sql {
  const conditions: Sql[] = [];
  if (packRef !== undefined) conditions.push(sql`w.pack_ref = ${packRef}`);
  if (tags !== undefined) conditions.push(sql`w.tags && ${tags}::text[]`);
  if (search !== undefined) {
    conditions.push(anyOf([containsText(sql`w.label`, search), containsText(sql`w.description`, search)]));
  }
  if (visible !== undefined) conditions.push(visible);
  return allOf(conditions);
}

/** Takes a workflow away with its action. What runs keeps its own copy of the graph. */
export async function deleteWorkflow(db: Database, id: number): Promise<void> {
  await run(
    db,
    sql`
    with gone as (delete from action as a where a.workflow_def = ${id})
    delete from workflow_definition as w where w.id = ${id}
    returning w.id`,
  );
}

/** Those of some action refs that no action has. */
export async function missingActions(db: Database, refs: readonly string[]): Promise<string[]> {
  const rows = await run<{ ref: string }>(
    db,
    sql`
    select distinct wanted.ref
    from unnest(${refs}::text[]) as wanted (ref)
    where not exists (select from action as a where a.ref = wanted.ref)
    order by wanted.ref`,
  );
  return rows.map(({ ref }) => ref);
}
