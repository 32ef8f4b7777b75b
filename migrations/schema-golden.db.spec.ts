import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DataSource } from 'typeorm';
import { schemaOf } from './schema-fixture.js';

const GOLDEN = fileURLToPath(new URL('schema.sql', import.meta.url));

/**
 * `schema.sql` is what the migrations add up to on plain PostgreSQL, so that a change of the schema shows in review.
 * Write it anew with `UPDATE_SCHEMA=1 npx nx run migrations:test --skip-nx-cache`.
 */
describe('the complete schema', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ kind: 'plain' });
    dataSource = await database.dataSource();
  });

  afterAll(() => database.drop());

  it('is the one in schema.sql', async () => {
    const [server] = await dataSource.query<[{ version: number }]>(
      `select current_setting('server_version_num')::int / 10000 as version`,
    );
    const head = `-- The schema on plain PostgreSQL ${server.version}, made from the migrations; see schema-golden.db.spec.ts.\n\n`;
    const schema = head + (await schemaOf(dataSource));
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(GOLDEN, schema);
    expect(schema).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});
