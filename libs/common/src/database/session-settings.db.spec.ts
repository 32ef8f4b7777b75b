import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { createDataSource } from './data-source.js';
import { run } from './run.js';
import { withSessionSettings } from './session-settings.js';
import { sql } from './sql.js';

describe('withSessionSettings', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('gives every session of the pool its settings, beside those the address has', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c work_mem=5MB');
    const dataSource = await createDataSource({
      url: withSessionSettings(url.href, { 'attune.audit_execution_events': 'all' }),
    }).initialize();
    const [settings] = await run(
      dataSource,
      sql`
      select current_setting('attune.audit_execution_events') as audit, current_setting('work_mem') as memory`,
    );
    await dataSource.destroy();
    expect(settings).toEqual({ audit: 'all', memory: '5MB' });
  });

  it('leaves an address alone that gets none', () => {
    expect(withSessionSettings('postgres://a@b/c?sslmode=require', {})).toBe('postgres://a@b/c?sslmode=require');
  });
});
