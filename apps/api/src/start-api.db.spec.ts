import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations, createClient } from '@attune/contract';
import {
  createTestDatabase,
  eventually,
  freePort,
  type ServiceProcess,
  startService,
  type TestDatabase,
  workspaceRoot,
} from '@attune/testing';

/** The built service as a process: what an operator meets. */
describe('the api process', () => {
  let database: TestDatabase;
  let directory: string;
  let port: number;
  const started: ServiceProcess[] = [];

  beforeEach(async () => {
    database = await createTestDatabase({ migrated: false });
    directory = await mkdtemp(join(tmpdir(), 'attune-api-process-'));
    port = await freePort();
  });
  afterEach(async () => {
    for (const service of started.splice(0)) await service.kill();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const environment = (more: Record<string, string> = {}) => ({
    ATTUNE__DATABASE__URL: database.url,
    ATTUNE__DATA_DIR: directory,
    ATTUNE__SERVER__PORT: String(port),
    ATTUNE__SERVER__HOST: '127.0.0.1',
    ATTUNE__BOOTSTRAP__PASSWORD: 'a long password',
    ...more,
  });

  const start = async (): Promise<ServiceProcess> => {
    const service = await startService({ name: 'api', environment: environment() });
    started.push(service);
    return service;
  };

  it('migrates, bootstraps, tells its parent where it is, and leaves when asked', async () => {
    const api = await start();
    const url = String(api.facts['url']);
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const client = createClient({ baseUrl: url });
    await client.call(operations.getReadiness);
    const { access_token: token } = await client.call(operations.login, {
      body: { login: 'admin', password: 'a long password' },
    });
    expect((await client.call(operations.listPacks, { token })).items.length).toBeGreaterThan(0);
    expect(await api.stop()).toBe(0);
    expect(api.output()).not.toMatch(/"level":(50|60)/);
    expect(api.output()).not.toContain('a long password');
  }, 60_000);

  it('gets over the loss of all its database connections', async () => {
    const api = await start();
    const url = String(api.facts['url']);
    const kill = await database.dataSource();
    await kill.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    // A connection may be asked once more before the pool notices that it is gone.
    await eventually(async () => {
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    });
    await kill.destroy();
    await api.stop();
  }, 60_000);

  /** Runs the service to its end. */
  async function fail(more: Record<string, string>) {
    const child = spawn(process.execPath, [join(workspaceRoot(), 'apps/api/dist/main.js')], {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', ...environment(more) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    child.stdout.resume();
    await once(child, 'close');
    return { code: child.exitCode, lines: errors.trim().split('\n') };
  }

  it.each([
    [
      'an unreachable database',
      { ATTUNE__DATABASE__URL: 'postgres://a:hunter2@127.0.0.1:1/x' },
      /cannot reach the database at 127\.0\.0\.1:1\/x/,
    ],
    ['no database', { ATTUNE__DATABASE__URL: '' }, /database/],
  ])('says in one line that there is %s', async (_case, more, message) => {
    const { code, lines } = await fail(more);
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(message);
    expect(lines.join('\n')).not.toMatch(/hunter2|^\s+at /m);
  });

  it('lists everything that is wrong with its configuration', async () => {
    const { code, lines } = await fail({
      ATTUNE__LOG__LEVEL: 'loud',
      ATTUNE__SERVER__PORT: 'x',
      ATTUNE__NO__SUCH: '1',
    });
    expect(code).toBe(1);
    expect(lines).toHaveLength(4);
  });

  it('says that its port is taken', async () => {
    const blocker: Server = createServer();
    await new Promise<void>((done) => blocker.listen(port, '127.0.0.1', done));
    const { code, lines } = await fail({});
    await new Promise((done) => blocker.close(done));
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringMatching(`^attune api: port ${port} on 127\\.0\\.0\\.1 is in use`)]);
  }, 60_000);
});
