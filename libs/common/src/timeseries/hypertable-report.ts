import { type TimeSeriesTable } from '@attune/migrations';
import { type Database, run } from '../database/run.js';
import { sql } from '../database/sql.js';
import { databaseCapabilities } from './database-capabilities.js';
import { TIME_SERIES_TABLES, type TimeSeriesTableName } from './time-series-tables.js';

/** How one time-series table stands. Sizes include indexes and TOAST. */
export interface HypertableReport {
  readonly name: TimeSeriesTableName;
  readonly timeColumn: TimeSeriesTable['timeColumn'];
  /** How much time a chunk covers. */
  readonly chunkInterval: string;
  /** An estimate: counting would read everything. */
  readonly rows: number;
  readonly chunks: number;
  readonly sizeBytes: number;
  /** Compressed chunks of all chunks, 0 to 1; null: this database does not compress. */
  readonly compressedShare: number | null;
  /** After this interval a chunk is compressed; null: never. */
  readonly compressAfter: string | null;
  /** After this interval a chunk is dropped; null: never. */
  readonly keep: string | null;
  /** When a policy of this table runs next; null: no policies, the executor does it. */
  readonly nextPolicyRun: Date | null;
}

type Figures = Omit<HypertableReport, 'name' | 'timeColumn' | 'chunkInterval'>;
type FiguresRow = Figures & { readonly name: string };

/** The time-series tables, in the order of TIME_SERIES_TABLES; [] before the migrations ran. */
export async function hypertableReport(db: Database): Promise<HypertableReport[]> {
  const { kind } = await databaseCapabilities(db);
  const rows = kind === 'timescale' ? await policyFigures(db) : await partitionFigures(db);
  const figures = new Map(rows.map(({ name, ...rest }) => [name, rest]));
  return TIME_SERIES_TABLES.flatMap(({ name, timeColumn, chunk }) => {
    const found = figures.get(name);
    return found ? [{ name, timeColumn, chunkInterval: chunk, ...found }] : [];
  });
}

const names = TIME_SERIES_TABLES.map(({ name }) => name);

function policyFigures(db: Database): Promise<FiguresRow[]> {
  return run<FiguresRow>(
    db,
    sql`
    with policy as (
      select j.hypertable_name as name,
        max(j.config ->> 'compress_after') as "compressAfter",
        max(j.config ->> 'drop_after') as keep,
        min(j.next_start) filter (where isfinite(j.next_start)) as "nextPolicyRun"
      from timescaledb_information.jobs as j
      where j.hypertable_schema = current_schema()
      group by j.hypertable_name
    )
    select h.hypertable_name as name,
      greatest(approximate_row_count(h.relation), 0)::bigint as rows,
      h.num_chunks as chunks,
      hypertable_size(h.relation)::bigint as "sizeBytes",
      (select coalesce(avg(c.is_compressed::int), 0) from timescaledb_information.chunks as c
       where c.hypertable_schema = h.hypertable_schema and c.hypertable_name = h.hypertable_name)::float8 as "compressedShare",
      p."compressAfter", p.keep, p."nextPolicyRun"
    from (
      select t.hypertable_schema, t.hypertable_name, t.num_chunks,
        format('%I.%I', t.hypertable_schema, t.hypertable_name)::regclass as relation
      from timescaledb_information.hypertables as t
      where t.hypertable_schema = current_schema() and t.hypertable_name = any (${names})
    ) as h
    left join policy as p on p.name = h.hypertable_name`,
  );
}

/** Chunks of the Apache edition are children of the table in the catalog, as partitions are. */
function partitionFigures(db: Database): Promise<FiguresRow[]> {
  return run<FiguresRow>(
    db,
    sql`
    select r.table_name as name,
      coalesce(sum(greatest(s.n_live_tup, c.reltuples, 0)), 0)::bigint as rows,
      count(c.oid)::int as chunks,
      coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint as "sizeBytes",
      null::float8 as "compressedShare",
      null::text as "compressAfter",
      r.keep::text as keep,
      null::timestamptz as "nextPolicyRun"
    from time_series_retention as r
    left join pg_inherits as i on i.inhparent = to_regclass(r.table_name)
    left join pg_class as c on c.oid = i.inhrelid
    left join pg_stat_user_tables as s on s.relid = c.oid
    where r.table_name = any (${names})
    group by r.table_name, r.keep`,
  );
}
