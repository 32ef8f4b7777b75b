import {
  ActionEntity,
  anyOf,
  containsText,
  type CountedPage,
  type Database,
  listCounted,
  type PageRequest,
  sql,
  type Sql,
} from '@attune/common';

export interface ActionSearch {
  readonly words: readonly string[];
  /** Null: all packs. */
  readonly packRefs: readonly string[] | null;
  /** Which actions there are at all for who asks; the table is `a`. */
  readonly visible: Sql;
}

const SEARCHED = [sql`a.ref`, sql`a.label`, sql`a.description`, sql`a.pack_ref`];

/** Actions that hold every word in their ref, label, description or pack, in any case; by ref. */
export const searchActions = (
  db: Database,
  { words, packRefs, visible }: ActionSearch,
  page: PageRequest,
): Promise<CountedPage<ActionEntity>> =>
  listCounted(
    db,
    {
      entity: ActionEntity,
      alias: 'a',
      conditions: [
        visible,
        packRefs ? sql`a.pack_ref = any(${packRefs}::text[])` : undefined,
        ...words.map((word) => anyOf(SEARCHED.map((column) => containsText(column, word)))),
      ],
      orderBy: 'ref',
    },
    page,
  );
