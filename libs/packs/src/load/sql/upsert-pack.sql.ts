import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type ManifestSpec } from '../../format/manifest.format.js';

export interface PackRow extends Omit<ManifestSpec, 'python' | 'nodejs' | 'testing'> {
  /** Identity; null: nobody is named, and whoever is stored stays. */
  readonly installed_by: number | null;
}

/** Writes the row of a pack; an unchanged one is left alone. `enabled` is taken for a new pack only. Gives its id, or null when the row was right already. */
export async function upsertPack(db: EntityManager, row: PackRow): Promise<number | null> {
  const [written] = await run<{ id: number }>(
    db,
    sql`
    insert into pack (
      ref, label, description, version, conf_schema, config, meta, tags, runtime_deps, dependencies, is_standard,
      enabled, installed_by
    )
    values (
      ${row.ref}, ${row.label}, ${row.description}, ${row.version}, ${json(row.conf_schema)}, ${json(row.config)},
      ${json(row.meta)}, ${row.tags}, ${row.runtime_deps}, ${row.dependencies}, ${row.is_standard},
      ${row.enabled}, ${row.installed_by}
    )
    on conflict (ref) do update set
      label = excluded.label,
      description = excluded.description,
      version = excluded.version,
      conf_schema = excluded.conf_schema,
      config = excluded.config,
      meta = excluded.meta,
      tags = excluded.tags,
      runtime_deps = excluded.runtime_deps,
      dependencies = excluded.dependencies,
      is_standard = excluded.is_standard,
      installed_by = coalesce(excluded.installed_by, pack.installed_by)
    where (
      pack.label, pack.description, pack.version, pack.conf_schema, pack.config, pack.meta, pack.tags,
      pack.runtime_deps, pack.dependencies, pack.is_standard, pack.installed_by
    ) is distinct from (
      excluded.label, excluded.description, excluded.version, excluded.conf_schema, excluded.config, excluded.meta,
      excluded.tags, excluded.runtime_deps, excluded.dependencies, excluded.is_standard,
      coalesce(excluded.installed_by, pack.installed_by)
    )
    returning pack.id`,
  );
  return written?.id ?? null;
}
