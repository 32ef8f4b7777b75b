import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createClient, operations } from '@attune/contract';
import { freePort, type ServiceProcess, startService } from '@attune/testing';
import { type Pool } from 'pg';
import { CpuMeter } from '../cpu/cpu-meter.js';
import { type BenchServer } from '../server/bench-server.js';
import { openPool } from '../server/open-pool.js';
import { createBenchPack } from './scenario.js';

/** Of the first administrator. */
export const CREDENTIALS = { login: 'bench-admin', password: 'bench-password' };

export interface ProductOptions {
  /** Name of its database. */
  readonly name: string;
  /** `worker.max_concurrent_tasks`. */
  readonly slots: number;
  /** Settings of the services over those of the bench. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The three services, each a process, on a database of their own. */
export interface ProductUnderTest {
  readonly client: ApiClient;
  readonly database: Pool;
  readonly databaseUrl: string;
  readonly port: number;
  readonly packsDir: string;
  readonly jwtSecret: string;
  readonly administratorId: number;
  /** The administrator's. */
  readonly token: string;
  /** Where its CPU time goes. */
  readonly cpu: CpuMeter;
  /** Leaves the API alone: whatever is asked of it stays undone. */
  stopEngine(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything, with the settings of every day and an empty pack `bench`. */
export async function startProductUnderTest(server: BenchServer, options: ProductOptions): Promise<ProductUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const databaseUrl = await server.createDatabase(options.name);
  const port = await freePort();
  const jwtSecret = randomBytes(32).toString('hex');
  const packsDir = join(folder, 'packs');
  const environment = {
    ATTUNE__DATABASE__URL: databaseUrl,
    ATTUNE__DATA_DIR: folder,
    ATTUNE__PACKS_BASE_DIR: packsDir,
    ATTUNE__SERVER__PORT: String(port),
    ATTUNE__SECURITY__JWT_SECRET: jwtSecret,
    ATTUNE__BOOTSTRAP__LOGIN: CREDENTIALS.login,
    ATTUNE__BOOTSTRAP__PASSWORD: CREDENTIALS.password,
    ATTUNE__WORKER__MAX_CONCURRENT_TASKS: String(options.slots),
    ATTUNE__LOG__LEVEL: 'warn',
    ...options.environment,
  };
  const api = await startService({ name: 'api', environment });
  const executor = await startService({ name: 'executor', environment });
  const worker = await startService({ name: 'worker', environment });
  const running = [worker, executor, api];
  const database = openPool(databaseUrl, 2);
  const { client, administratorId, token } = await logIn(`http://127.0.0.1:${port}`);
  await createBenchPack(client);
  return {
    client,
    database,
    databaseUrl,
    port,
    packsDir,
    jwtSecret,
    administratorId,
    token,
    cpu: meterOf(server, { api, executor, worker }),
    stopEngine: async () => {
      for (const service of running.splice(0, 2)) await service.stop();
    },
    stop: async () => {
      for (const service of running) await service.stop();
      await database.end();
      await server.dropDatabase(options.name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function logIn(baseUrl: string): Promise<{ client: ApiClient; administratorId: number; token: string }> {
  const { access_token: token } = await createClient({ baseUrl }).call(operations.login, { body: CREDENTIALS });
  const client = createClient({ baseUrl, token });
  const { id } = await client.call(operations.getCurrentUser, {});
  return { client, administratorId: id, token };
}

function meterOf(server: BenchServer, services: Record<'api' | 'executor' | 'worker', ServiceProcess>): CpuMeter {
  return new CpuMeter([
    { name: 'PostgreSQL', pid: server.postmasterPid, children: 'tree' },
    { name: 'api', pid: services.api.pid, children: 'tree' },
    { name: 'executor', pid: services.executor.pid, children: 'tree' },
    { name: 'worker', pid: services.worker.pid, children: { apart: 'actions and hosts' } },
  ]);
}
