import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, run, sql } from '@attune/common';
import { createClient, operations } from '@attune/contract';
import { createTestDatabase, freePort, startService, type TestDatabase } from '@attune/testing';
import { createApp } from '../create-app.js';
import { bootstrap } from '../bootstrap/bootstrap.js';
import { createPlatform } from '../../spec/test-api.js';
import { type DataSource } from 'typeorm';

const PASSWORD = 'a long password';

describe('what the audit log was told', () => {
  let database: TestDatabase;
  let directory: string;
  let reader: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'attune-audit-'));
    reader = await createDataSource({ url: database.url }).initialize();
  });
  afterEach(async () => {
    await reader.destroy();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('is stored before the service has stopped', async () => {
    const platform = await createPlatform(database.url, directory);
    await bootstrap(platform);
    const app = await createApp(platform);
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => app.inject({ url: `/nothing/${n}` })));
    await app.close();
    const stored = await run<{ request_id: string }>(
      reader,
      sql`
      select e.request_id from audit_event as e
      where e.created > now() - interval '1 hour' and starts_with(e.http_path, '/nothing/')`,
    );
    const asked = answers.map(({ headers }) => String(headers['x-request-id']));
    expect(stored.map(({ request_id: id }) => id).sort()).toEqual(asked.sort());
  });

  it('is there for every change somebody was told of, however the service ends', async () => {
    const port = await freePort();
    const service = await startService({
      name: 'api',
      environment: {
        ATTUNE__DATABASE__URL: database.url,
        ATTUNE__DATA_DIR: directory,
        ATTUNE__SERVER__PORT: String(port),
        ATTUNE__SERVER__HOST: '127.0.0.1',
        ATTUNE__BOOTSTRAP__PASSWORD: PASSWORD,
      },
    });
    const client = createClient({ baseUrl: `http://127.0.0.1:${port}` });
    const { access_token: token } = await client.call(operations.login, {
      body: { login: 'admin', password: PASSWORD },
    });
    const acknowledged: string[] = [];
    const enough = Promise.withResolvers<number>();
    const work = async (name: string): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const ref = `${name}-${n}`;
        await client.call(operations.createPack, { token, body: { ref, label: ref, version: '1.0.0' } });
        acknowledged.push(ref);
        if (acknowledged.length === 60) enough.resolve(n);
      }
    };
    const workers = ['a', 'b', 'c', 'd'].map((name) => work(`pack-${name}`).catch(() => undefined));
    await enough.promise;
    await service.kill();
    await Promise.all(workers);
    const told = await run<{ resource_ref: string }>(
      reader,
      sql`
      select e.resource_ref from audit_event as e
      where e.created > now() - interval '1 hour' and e.event_type = 'pack.created'`,
    );
    const packs = await run<{ ref: string }>(
      reader,
      sql`select p.ref from pack as p where starts_with(p.ref, 'pack-')`,
    );
    const named = told.map(({ resource_ref: ref }) => ref);
    expect(named.sort()).toEqual(packs.map(({ ref }) => ref).sort());
    expect(named).toEqual(expect.arrayContaining(acknowledged));
  });
});
