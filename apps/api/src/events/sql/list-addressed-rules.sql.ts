import { type Database, run, sql } from '@attune/common';

/** A rule that an event may be addressed to. */
export interface AddressedRule {
  readonly id: number;
  readonly ref: string;
  /** Null: its trigger is gone. */
  readonly trigger: number | null;
}

/** The rules that exist among these ids. */
export async function listAddressedRules(
  db: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, AddressedRule>> {
  if (ids.length === 0) return new Map();
  const rules = await run<AddressedRule>(
    db,
    sql`select r.id, r.ref, r.trigger from rule as r where r.id = any(${ids}::bigint[])`,
  );
  return new Map(rules.map((rule) => [rule.id, rule]));
}
