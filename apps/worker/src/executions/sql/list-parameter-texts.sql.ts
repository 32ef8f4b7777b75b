import { createdAmong, type Database, run, sql } from '@attune/common';

/** The parameters of executions as JSON text. */
export async function listParameterTexts(db: Database, executions: readonly number[]): Promise<Map<number, string>> {
  if (executions.length === 0) return new Map();
  const rows = await run<{ id: number; text: string }>(
    db,
    sql`
    select e.id, e.config::text as text
    from execution as e
    where
      e.id = any(${executions}::bigint[]) and ${createdAmong(sql`e.created`, executions)}
      and e.config is not null`,
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}
