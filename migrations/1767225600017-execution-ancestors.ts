import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Whom the executions above an execution run as, in its own row: a grant about "what came from mine" is asked for every row of a
 * list, and looking up through the parents took 40 s for 100,000 executions in 90 chunks of TimescaleDB (0.7 s in 90
 * partitions). Neither parent nor executor changes, so what was true at the creation stays true, also when retention has
 * removed the parents.
 *
 * Cost: none, a constant default touches no row. Executions that are there already count as without ancestors: whoever may
 * read no more than descendants sees of them only those of their own.
 *
 * Safe to roll back. TimescaleDB before 2.26.4 keeps the column, which nobody reads then: after a dropped one it crashes in
 * the next trigger with a transition table.
 */
export class ExecutionAncestors1767225600017 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(`alter table execution add column if not exists ancestor_executors bigint[] not null default '{}'`);
    await q.query(`
      comment on column execution.ancestor_executors is
        'identities that the executions above it run as, each once; settled when it was made'`);
  }

  async down(q: QueryRunner): Promise<void> {
    if (await mustKeepColumns(q)) return;
    await q.query(`alter table execution drop column ancestor_executors`);
  }
}

async function mustKeepColumns(q: QueryRunner): Promise<boolean> {
  const [row] = (await q.query(`
    select string_to_array(substring(x.extversion from '^[0-9.]+'), '.')::int[] < '{2,26,4}' as "isOld"
    from pg_extension as x
    where x.extname = 'timescaledb'`)) as { isOld: boolean }[];
  return row?.isOld === true;
}
