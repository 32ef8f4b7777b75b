import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createClient, operations } from '@attune/contract';
import { startPostgres } from '@attune/postgres';
import { freePort, type ServiceProcess, startService } from '@attune/testing';
import pg from 'pg';

const CREDENTIALS = { login: 'bench-admin', password: 'bench-password' };

/** The product on a database of its own with its settings of every day: fsync and synchronous_commit are on. */
export interface ProductUnderTest {
  readonly client: ApiClient;
  readonly database: pg.Pool;
  readonly databaseUrl: string;
  /** Address that takes one event a request. */
  readonly webhookUrl: string;
  stop(): Promise<void>;
}

/** Starts everything and makes a webhook whose only rule runs `core.noop`. */
export async function startProductUnderTest(): Promise<ProductUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), isTemporary: true });
  const port = await freePort();
  const environment = {
    ATTUNE__DATABASE__URL: postgres.url,
    ATTUNE__DATA_DIR: folder,
    ATTUNE__SERVER__PORT: String(port),
    ATTUNE__BOOTSTRAP__LOGIN: CREDENTIALS.login,
    ATTUNE__BOOTSTRAP__PASSWORD: CREDENTIALS.password,
    ATTUNE__LOG__LEVEL: 'warn',
  };
  const services: ServiceProcess[] = [await startService({ name: 'api', environment })];
  for (const name of ['executor', 'worker'] as const) services.push(await startService({ name, environment }));
  const database = new pg.Pool({ connectionString: postgres.url, max: 2 });
  const baseUrl = `http://127.0.0.1:${port}`;
  const client = await logIn(baseUrl);
  return {
    client,
    database,
    databaseUrl: postgres.url,
    webhookUrl: `${baseUrl}/api/v1/webhooks/${await createNoopWebhook(client)}`,
    stop: async () => {
      for (const service of services.reverse()) await service.stop();
      await database.end();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function logIn(baseUrl: string): Promise<ApiClient> {
  const { access_token: token } = await createClient({ baseUrl }).call(operations.login, { body: CREDENTIALS });
  return createClient({ baseUrl, token });
}

async function createNoopWebhook(client: ApiClient): Promise<string> {
  const pack = 'bench';
  await client.call(operations.createPack, { body: { ref: pack, label: pack, version: '1.0.0' } });
  const trigger = `${pack}.called`;
  await client.call(operations.createTrigger, { body: { ref: trigger, pack_ref: pack, label: 'Called' } });
  const { webhook_key: key } = await client.call(operations.enableTriggerWebhook, { params: { ref: trigger } });
  const rule = { ref: `${pack}.noop`, pack_ref: pack, label: 'No-op', trigger_ref: trigger, action_ref: 'core.noop' };
  await client.call(operations.createRule, { body: rule });
  if (typeof key !== 'string') throw new Error('the trigger has no webhook key');
  return key;
}
