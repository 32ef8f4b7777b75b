import { run, sql, type Sql } from '@attune/common';
import { type EntityManager } from 'typeorm';
import { type PackKey, type Written } from '../written.js';

const TABLES = {
  permission_set: sql`permission_set`,
  runtime: sql`runtime`,
  trigger: sql`trigger`,
  action: sql`action`,
  policy: sql`policy`,
} as const satisfies Record<string, Sql>;

export type RemovableType = keyof typeof TABLES;

/** Removes what a pack once brought and brings no more. What was made over the API (`is_adhoc`) stays. */
export function deleteUndeclared(
  db: EntityManager,
  type: RemovableType,
  pack: PackKey,
  declared: readonly string[],
): Promise<Written[]> {
  return run<Written>(
    db,
    sql`
    delete from ${TABLES[type]} as c
    where c.pack = ${pack.id} and not c.is_adhoc and c.ref <> all(${declared}::text[])
    returning c.id, c.ref`,
  );
}

export interface DeletedRule extends Written {
  readonly trigger_ref: string;
}

/** The same for rules, with what the message about their end carries. */
export function deleteUndeclaredRules(
  db: EntityManager,
  pack: PackKey,
  declared: readonly string[],
): Promise<DeletedRule[]> {
  return run<DeletedRule>(
    db,
    sql`
    delete from rule as r
    where r.pack = ${pack.id} and not r.is_adhoc and r.ref <> all(${declared}::text[])
    returning r.id, r.ref, r.trigger_ref`,
  );
}
