import { allOf, anyOf, sql, type Sql } from '@attune/common';

/** What grants can ask about a thing. */
export type Fact =
  | 'id'
  | 'ref'
  | 'packRef'
  | 'owner'
  | 'ownerType'
  | 'ownerRef'
  | 'visibility'
  | 'encrypted'
  | 'executor'
  | 'ancestorExecutors';

/**
 * What must be true of a thing. A fact that nobody knows (no such key, no such column) makes what asks about it false, except
 * `isUnknown`; so does one that is null, except `isNull`.
 */
export type Condition =
  | { readonly type: 'every'; readonly of: readonly Condition[] }
  | { readonly type: 'some'; readonly of: readonly Condition[] }
  | { readonly type: 'among'; readonly fact: Fact; readonly values: readonly (string | number | boolean)[] }
  /** The fact is a list that holds the value. */
  | { readonly type: 'holds'; readonly fact: Fact; readonly value: number }
  | { readonly type: 'isSet' | 'isNull' | 'isUnknown'; readonly fact: Fact };

/** Column expressions of a list by what they tell; what a list has no column for is unknown. Enums are cast to text. */
export type FactColumns = Readonly<Partial<Record<Fact, Sql>>>;

export const ALWAYS: Condition = { type: 'every', of: [] };
export const NEVER: Condition = { type: 'some', of: [] };

/** Whether the condition is true of a thing with these facts. */
export function isTrueOf(condition: Condition, facts: Readonly<Partial<Record<Fact, unknown>>>): boolean {
  switch (condition.type) {
    case 'every':
      return condition.of.every((one) => isTrueOf(one, facts));
    case 'some':
      return condition.of.some((one) => isTrueOf(one, facts));
    case 'among':
      return condition.values.some((value) => value === facts[condition.fact]);
    case 'holds': {
      const list = facts[condition.fact];
      return Array.isArray(list) && list.includes(condition.value);
    }
    case 'isSet':
      return facts[condition.fact] !== undefined && facts[condition.fact] !== null;
    case 'isNull':
      return facts[condition.fact] === null;
    case 'isUnknown':
      return facts[condition.fact] === undefined;
  }
}

/** The same condition for the rows of a statement. */
export function toSql(condition: Condition, columns: FactColumns): Sql {
  if (condition.type === 'every') return allOf(condition.of.map((one) => toSql(one, columns)));
  if (condition.type === 'some') return anyOf(condition.of.map((one) => toSql(one, columns)));
  const column = columns[condition.fact];
  if (condition.type === 'isUnknown') return column ? sql`false` : sql`true`;
  if (!column) return sql`false`;
  switch (condition.type) {
    case 'among':
      return sql`${column} = any(${listOf(condition)})`;
    case 'holds':
      return sql`${condition.value}::bigint = any((${column})::bigint[])`; // cast, or a subquery would mean its rows
    case 'isSet':
      return sql`${column} is not null`;
    case 'isNull':
      return sql`${column} is null`;
  }
}

function listOf({ fact, values }: Extract<Condition, { type: 'among' }>): Sql {
  switch (fact) {
    case 'id':
    case 'owner':
    case 'executor':
      return sql`${values}::bigint[]`;
    case 'encrypted':
      return sql`${values}::boolean[]`;
    default:
      return sql`${values}::text[]`;
  }
}
