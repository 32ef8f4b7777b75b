import { type Client } from 'pg';

/** Days that stored executions are spread over, which is also how long the product keeps them. */
export const PAST_DAYS = 90;

/** The tables that hold what an execution leaves behind. */
export const FILLED_TABLES = ['event', 'enforcement', 'execution', 'execution_history'] as const;

/** Where tables are partitioned by PostgreSQL, the product makes partitions ahead only. TimescaleDB makes its own. */
export async function createPastPartitions(client: Client): Promise<void> {
  for (const table of FILLED_TABLES) {
    if (!(await isPartitioned(client, table))) continue;
    await client.query(`
      do $$
      declare
        start timestamptz;
      begin
        for days in 1..${PAST_DAYS} loop
          start := date_trunc('day', now(), 'UTC') - days * interval '24 hours';
          execute format('create table %I partition of ${table} for values from (%L) to (%L)',
            '${table}_p' || to_char(start at time zone 'UTC', 'YYYYMMDD'), start, start + interval '24 hours');
        end loop;
      end
      $$`);
  }
}

async function isPartitioned(client: Client, table: string): Promise<boolean> {
  const { rowCount } = await client.query(`select 1 from pg_partitioned_table as p where p.partrelid = $1::regclass`, [
    table,
  ]);
  return rowCount !== 0;
}
