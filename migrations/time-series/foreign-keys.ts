import { type QueryRunner } from 'typeorm';

/**
 * Gives a column its foreign key back when a table stops being a time series.
 *
 * Meanwhile ids may have come to dangle: retention dropped what they name. Those rows are kept as they are; the
 * constraint then stays `not valid`, which means it holds for every new and changed reference, and a warning says so.
 */
export async function addForeignKey(q: QueryRunner, table: string, column: string, references: string): Promise<void> {
  const constraint = `${table}_${column}_fkey`;
  await q.query(`alter table ${table} add constraint ${constraint} foreign key (${column}) ${references} not valid`);
  await q.query(`
    do $$
    begin
      alter table ${table} validate constraint ${constraint};
    exception when foreign_key_violation then
      raise warning '${constraint} stays "not valid": some rows name what retention has removed';
    end
    $$`);
}
