import { type Database, run, sql } from '@attune/common';
import { type Json } from '@attune/engine';

export interface StoredKey {
  readonly name: string;
  readonly encrypted: boolean;
  readonly value: Json;
  /** Null: a key of the system. */
  readonly pack: number | null;
  readonly action: number | null;
}

/** Keys that are handed to actions: of the system, of these packs and of these actions, the more special ones last. */
export function listInjectedKeys(
  db: Database,
  packs: readonly number[],
  actions: readonly number[],
): Promise<StoredKey[]> {
  return run<StoredKey>(
    db,
    sql`
    select k.name, k.encrypted, k.value, k.owner_pack as pack, k.owner_action as action
    from key as k
    where
      k.owner_type = 'system'
      or (k.owner_type = 'pack' and k.owner_pack = any(${packs}::bigint[]))
      or (k.owner_type = 'action' and k.owner_action = any(${actions}::bigint[]))
    order by case k.owner_type when 'system' then 1 when 'pack' then 2 else 3 end, k.id`,
  );
}
