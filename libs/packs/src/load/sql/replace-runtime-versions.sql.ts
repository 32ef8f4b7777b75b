import { execute, json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type RuntimeVersionSpec } from '../../format/runtime.format.js';

export interface RuntimeVersionRow extends RuntimeVersionSpec {
  readonly runtime_ref: string;
}

/** Removes the versions of these runtimes that are not among `rows` and gives the runtimes that lost one. */
export function deleteOtherRuntimeVersions(
  db: EntityManager,
  runtimeRefs: readonly string[],
  rows: readonly RuntimeVersionRow[],
): Promise<{ readonly ref: string }[]> {
  return run<{ readonly ref: string }>(
    db,
    sql`
    delete from runtime_version as v
    using runtime as t
    where t.id = v.runtime
      and t.ref = any(${runtimeRefs}::text[])
      and not exists (
        select 1
        from jsonb_to_recordset(${json(rows)}::jsonb) as r (runtime_ref text, version text)
        where r.runtime_ref = t.ref and r.version = v.version
      )
    returning t.ref`,
  );
}

/**
 * Takes the mark of the default from versions that lose it. It has to be a statement of its own, before the new default
 * is marked: the index that allows one default per runtime looks at every row as it is written.
 */
export function unmarkDefaultVersions(db: EntityManager, rows: readonly RuntimeVersionRow[]): Promise<number> {
  return execute(
    db,
    sql`
    update runtime_version as v
    set is_default = false
    from runtime as t, jsonb_to_recordset(${json(rows)}::jsonb) as r (runtime_ref text, version text, is_default boolean)
    where t.id = v.runtime
      and r.runtime_ref = t.ref
      and r.version = v.version
      and v.is_default
      and not r.is_default`,
  );
}

/** Writes versions and gives the runtimes of those that are new or changed. */
export function upsertRuntimeVersions(
  db: EntityManager,
  rows: readonly RuntimeVersionRow[],
): Promise<{ readonly ref: string }[]> {
  return run<{ readonly ref: string }>(
    db,
    sql`
    insert into runtime_version (runtime, runtime_ref, version, is_default, execution_config, distributions, meta)
    select t.id, t.ref, r.version, r.is_default, r.execution_config, r.distributions, r.meta
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (
      runtime_ref text, version text, is_default boolean, execution_config jsonb, distributions jsonb, meta jsonb
    )
    join runtime as t on t.ref = r.runtime_ref
    on conflict (runtime, version) do update set
      is_default = excluded.is_default,
      execution_config = excluded.execution_config,
      distributions = excluded.distributions,
      meta = excluded.meta
    where (
      runtime_version.is_default, runtime_version.execution_config, runtime_version.distributions, runtime_version.meta
    ) is distinct from (excluded.is_default, excluded.execution_config, excluded.distributions, excluded.meta)
    returning runtime_version.runtime_ref as ref`,
  );
}
