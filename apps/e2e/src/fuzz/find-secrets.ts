import { type Installation } from '../harness/installation.js';

/** Tables, partitions left out, in which one of the texts stands somewhere. */
export async function tablesHolding(installation: Installation, texts: readonly string[]): Promise<string[]> {
  const tables = await installation.rows<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class as c
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
     order by name`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await installation.rows<{ row: string }>(
      `select t::text as row from ${name} as t where t::text like any ($1::text[]) limit 1`,
      [texts.map((text) => `%${text}%`)],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}
