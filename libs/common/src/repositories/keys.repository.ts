import { type Json, withRawNumbers } from '@attune/engine';
import { type EntityManager } from 'typeorm';
import { type Database, execute, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { type OwnerType } from '../entities/enums.js';
import { KeyEntity } from '../entities/key.entity.js';
import { given } from './given.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** All conditions hold together. */
export interface KeyFilter {
  readonly owner_type?: OwnerType | undefined;
  /** `system`, or the id of the owner as text. */
  readonly owner?: string | undefined;
  /** Which rows there are at all for who asks; the table is `k`. */
  readonly visible?: Sql | undefined;
}

/** Whom a key belongs to: one of the ids, none for `system`. */
export type KeyOwner = Pick<
  KeyEntity,
  | 'owner_type'
  | 'owner_identity'
  | 'owner_pack'
  | 'owner_pack_ref'
  | 'owner_action'
  | 'owner_action_ref'
  | 'owner_sensor'
  | 'owner_sensor_ref'
>;

/** What a key holds, as it is stored. */
export interface StoredKeyValue {
  /** The hash of the key that sealed it; null: the value is plain. */
  readonly encryption_key_hash: string | null;
  /** Sealed: a text. */
  readonly value: Json;
}

/** The key with this ref, or null. */
export const findKey = (db: Database, ref: string): Promise<KeyEntity | null> =>
  db.getRepository(KeyEntity).findOneBy({ ref });

/** The same, locked until the transaction ends. */
export const findKeyForUpdate = (db: EntityManager, ref: string): Promise<KeyEntity | null> =>
  db.findOne(KeyEntity, { where: { ref }, lock: { mode: 'pessimistic_write' } });

/** Keys by ref. */
export const listKeys = (
  db: Database,
  { visible, ...filter }: KeyFilter,
  page: PageRequest,
): Promise<CountedPage<KeyEntity>> =>
  listCounted(db, { entity: KeyEntity, alias: 'k', where: given(filter), conditions: [visible], orderBy: 'ref' }, page);

/** Stores a key and gives its id. Not through the entity, because a value may be the JSON null. */
export async function insertKey(
  db: Database,
  { ref, name }: { readonly ref: string; readonly name: string },
  owner: KeyOwner,
  { encryption_key_hash, value }: StoredKeyValue,
): Promise<number> {
  const [row] = await run<{ id: number }>(
    db,
    sql`
    insert into key (
      ref, name, owner_type, owner_identity, owner_pack, owner_pack_ref, owner_action, owner_action_ref, owner_sensor,
      owner_sensor_ref, encrypted, encryption_key_hash, value
    )
    values (
      ${ref}, ${name}, ${owner.owner_type}::owner_type, ${owner.owner_identity}, ${owner.owner_pack},
      ${owner.owner_pack_ref}, ${owner.owner_action}, ${owner.owner_action_ref}, ${owner.owner_sensor},
      ${owner.owner_sensor_ref}, ${encryption_key_hash !== null}, ${encryption_key_hash}, ${jsonText(value)}::jsonb
    )
    returning id`,
  );
  return row?.id ?? 0;
}

/** Changes what a key is called and holds. */
export async function updateKey(
  db: Database,
  id: number,
  name: string,
  { encryption_key_hash, value }: StoredKeyValue,
): Promise<void> {
  await execute(
    db,
    sql`
    update key as k
    set
      name = ${name}, encrypted = ${encryption_key_hash !== null}, encryption_key_hash = ${encryption_key_hash},
      value = ${jsonText(value)}::jsonb
    where k.id = ${id}`,
  );
}

export async function deleteKey(db: Database, id: number): Promise<void> {
  await execute(db, sql`delete from key as k where k.id = ${id}`);
}

const jsonText = (value: Json): string => JSON.stringify(withRawNumbers(value));
