import { json, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type RuntimeSpec } from '../../format/runtime.format.js';
import { type PackKey, type Written } from '../written.js';

/** Writes the runtimes of a pack, without their versions, and gives those that are new or changed. */
export function upsertRuntimes(db: EntityManager, pack: PackKey, rows: readonly RuntimeSpec[]): Promise<Written[]> {
  return run<Written>(
    db,
    sql`
    insert into runtime (
      ref, pack, pack_ref, name, aliases, description, distributions, installation, execution_config, is_adhoc
    )
    select
      r.ref, ${pack.id}, ${pack.ref}, r.name, r.aliases, r.description, r.distributions, r.installation,
      r.execution_config, false
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (
      ref text, name text, aliases text[], description text, distributions jsonb, installation jsonb,
      execution_config jsonb
    )
    on conflict (ref) do update set
      pack = excluded.pack,
      pack_ref = excluded.pack_ref,
      name = excluded.name,
      aliases = excluded.aliases,
      description = excluded.description,
      distributions = excluded.distributions,
      installation = excluded.installation,
      execution_config = excluded.execution_config,
      is_adhoc = excluded.is_adhoc
    where (
      runtime.pack, runtime.name, runtime.aliases, runtime.description, runtime.distributions, runtime.installation,
      runtime.execution_config, runtime.is_adhoc
    ) is distinct from (
      excluded.pack, excluded.name, excluded.aliases, excluded.description, excluded.distributions,
      excluded.installation, excluded.execution_config, excluded.is_adhoc
    )
    returning runtime.id, runtime.ref`,
  );
}
