import pg from 'pg';
import { createPastPartitions, FILLED_TABLES, PAST_DAYS } from './past-partitions.js';

/**
 * Stores `count` completed executions of the past: copies of the newest real one, with its event, enforcement and history,
 * spread evenly over 90 days. So they are as large as real ones, whatever columns there are.
 *
 * Triggers are off meanwhile: history comes with the copies, and nobody is to be told. Needs a superuser.
 */
export async function fillHistory(databaseUrl: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await createPastPartitions(client);
    await client.query(`set session_replication_role = replica; set synchronous_commit = off`);
    await copyModel(client);
    await createIds(client, count);
    await insertCopies(client, 'event', { id: 'p.id', created: 'time_id_created(p.id)' });
    await insertCopies(client, 'enforcement', {
      id: 'p.id + 1',
      created: 'time_id_created(p.id + 1)',
      event: 'p.id',
      resolved_at: `time_id_created(p.id + 1) + (m.resolved_at - m.created)`,
    });
    await insertCopies(client, 'execution', {
      id: 'p.id + 2',
      created: 'time_id_created(p.id + 2)',
      enforcement: 'p.id + 1',
      started_at: 'time_id_created(p.id + 2) + (m.started_at - m.created)',
      updated: 'time_id_created(p.id + 2) + (m.updated - m.created)',
    });
    await insertCopies(client, 'execution_history', {
      time: 'time_id_created(p.id + 2) + (m.time - time_id_created(m.entity_id))',
      entity_id: 'p.id + 2',
    });
    await refreshSums(client);
    await compressOldChunks(client);
    await client.query(`vacuum (analyze) ${FILLED_TABLES.join(', ')}`);
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

/** The newest completed execution and everything about it. */
async function copyModel(client: pg.Client): Promise<void> {
  await client.query(`
    create temp table model_execution as
      select e.* from execution as e where e.status = 'completed' order by e.created desc limit 1;
    create temp table model_enforcement as
      select n.* from enforcement as n where n.id = (select m.enforcement from model_execution as m);
    create temp table model_event as
      select v.* from event as v where v.id = (select m.event from model_enforcement as m);
    create temp table model_execution_history as
      select h.* from execution_history as h where h.entity_id = (select m.id from model_execution as m)`);
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from model_event');
  if (rows[0]?.count !== 1) throw new Error('there is no completed execution to copy');
}

/** One a moment, up to last midnight; the numbers leave room for the ids of what belongs together. */
async function createIds(client: pg.Client, count: number): Promise<void> {
  await client.query(`
    create temp table past as
    select (extract(epoch from date_trunc('day', now(), 'UTC') - interval '${PAST_DAYS * 24} hours') - 1735689600)::bigint
        * 1000 * 4096 + floor(i::float8 * ${(PAST_DAYS * 86_400_000) / Math.max(1, count)})::bigint * 4096 as id
    from generate_series(0, ${count - 1}) as i;
    analyze past`);
}

/** `changed`: what differs from the model (SQL; the model is m, the moment p). */
async function insertCopies(
  client: pg.Client,
  table: (typeof FILLED_TABLES)[number],
  changed: Readonly<Record<string, string>>,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name
     from pg_attribute as a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
    [table],
  );
  const columns = rows.map(({ name }) => name);
  const values = columns.map((name) => changed[name] ?? `m."${name}"`);
  await client.query(`
    insert into ${table} (${columns.map((name) => `"${name}"`).join(', ')})
    select ${values.join(', ')}
    from past as p
    cross join model_${table} as m
    order by p.id`);
}

/** The hourly sums as they would be by now: triggers, which would have told of the rows, were off. */
async function refreshSums(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; isContinuous: boolean }>(`
    select c.relname as name, c.relkind = 'v' and to_regclass(c.relname || '_rollup') is null as "isContinuous"
    from pg_class as c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'v' and c.relname like '%\\_hourly'`);
  for (const { name, isContinuous } of rows) {
    await client.query(
      isContinuous
        ? `call refresh_continuous_aggregate('${name}', null, now() - interval '1 hour')`
        : `select refresh_${name}(timestamptz '2025-01-01 00:00:00Z', date_bin('1 hour', now(), timestamptz '2025-01-01 00:00:00Z') - interval '1 hour')`,
    );
  }
}

/** What the product's policy would have done by now, where it has one. */
async function compressOldChunks(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select s.name from pg_settings as s where s.name = 'timescaledb.license' and s.setting = 'timescale'`);
  if (rows.length === 0) return;
  for (const table of FILLED_TABLES) {
    await client.query(`
      select compress_chunk(c, if_not_compressed => true)
      from show_chunks('${table}', older_than => interval '7 days') as c`);
  }
}
