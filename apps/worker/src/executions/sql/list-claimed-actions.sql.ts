import { type ActionEntity, type Database, run, sql } from '@attune/common';
import { type Json } from '@attune/engine';

/** A key that is handed to an action. */
export interface StoredKey {
  readonly name: string;
  readonly encrypted: boolean;
  readonly value: Json;
}

/** What running an action takes. */
export type ClaimedAction = Pick<
  ActionEntity,
  | 'id'
  | 'ref'
  | 'pack'
  | 'pack_ref'
  | 'entrypoint'
  | 'invocation'
  | 'is_adhoc'
  | 'runtime'
  | 'runtime_ref'
  | 'runtime_version_constraint'
  | 'param_schema'
  | 'out_schema'
  | 'parameter_format'
  | 'parameter_delivery'
  | 'output_format'
  | 'timeout_seconds'
> & {
  /** Keys of the system, the pack and the action, the more special ones last. */
  readonly keys: readonly StoredKey[];
};

/** The actions that exist among these refs, each with its keys. */
export function listClaimedActions(db: Database, refs: readonly string[]): Promise<ClaimedAction[]> {
  return run<ClaimedAction>(
    db,
    sql`
    select
      a.id, a.ref, a.pack, a.pack_ref, a.entrypoint, a.invocation, a.is_adhoc, a.runtime, a.runtime_ref,
      a.runtime_version_constraint, a.param_schema, a.out_schema, a.parameter_format, a.parameter_delivery,
      a.output_format, a.timeout_seconds,
      coalesce((
        select jsonb_agg(
          jsonb_build_object('name', k.name, 'encrypted', k.encrypted, 'value', k.value)
          order by case k.owner_type when 'system' then 1 when 'pack' then 2 else 3 end, k.id
        )
        from key as k
        where
          k.owner_type = 'system'
          or (k.owner_type = 'pack' and k.owner_pack = a.pack)
          or (k.owner_type = 'action' and k.owner_action = a.id)
      ), '[]') as keys
    from action as a
    where a.ref = any(${refs}::text[])`.prepared(),
  );
}
