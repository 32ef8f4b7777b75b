import { migrateDatabase } from '@attune/common';
import { withDatabase } from './with-database.js';

/** `attune db migrate`: names of the migrations on stdout, one a line. */
export async function migrateCommand(): Promise<void> {
  const ran = await withDatabase((dataSource) => migrateDatabase(dataSource));
  for (const name of ran) console.log(name);
  console.error(ran.length === 0 ? 'The schema is up to date.' : `${ran.length} migration(s) applied.`);
}
