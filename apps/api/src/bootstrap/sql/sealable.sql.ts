import { type Database, execute, json, run, sql } from '@attune/common';
import { type Json, type JsonObject, withRawNumbers } from '@attune/engine';

/** A JSON column whose schema may call something in it secret. */
export interface Sealable {
  readonly id: number;
  /** JSON text: large numbers stay exact. */
  readonly values: string;
  readonly schema: Json;
}

/** Packs whose configuration may hold secrets. */
export function listSealablePacks(db: Database): Promise<Sealable[]> {
  return run<Sealable>(
    db,
    sql`
    select p.id, p.config::text as values, p.conf_schema as schema
    from pack as p
    where p.config <> '{}' and jsonb_path_exists(p.conf_schema, '$.**.secret')`,
  );
}

/** Rules whose parameters may hold secrets. */
export function listSealableRules(db: Database): Promise<Sealable[]> {
  return run<Sealable>(
    db,
    sql`
    select r.id, r.action_params::text as values, a.param_schema as schema
    from rule as r
    join action as a on a.id = r.action
    where r.action_params <> '{}' and jsonb_path_exists(a.param_schema, '$.**.secret')`,
  );
}

/** Writes a configuration unless somebody was faster. */
export async function replacePackConfig(db: Database, { id, values }: Sealable, sealed: JsonObject): Promise<void> {
  await execute(
    db,
    sql`
    update pack as p set config = ${json(withRawNumbers(sealed))}::jsonb
    where p.id = ${id} and p.config::text = ${values}`,
  );
}

/** Writes parameters unless somebody was faster. */
export async function replaceRuleParameters(db: Database, { id, values }: Sealable, sealed: JsonObject): Promise<void> {
  await execute(
    db,
    sql`
    update rule as r set action_params = ${json(withRawNumbers(sealed))}::jsonb
    where r.id = ${id} and r.action_params::text = ${values}`,
  );
}
