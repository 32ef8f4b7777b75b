import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDataSource,
  createLogger,
  DatabaseListener,
  IdentityEntity,
  loadConfig,
  PackEntity,
  type Platform,
} from '@attune/common';
import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { bootstrap } from './bootstrap.js';

describe('bootstrap', () => {
  let database: TestDatabase;
  let directory: string;
  const opened: Platform[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'attune-bootstrap-'));
  });
  afterEach(async () => {
    for (const { dataSource } of opened.splice(0)) await dataSource.destroy();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  /** What a process of its own would have. */
  async function platform(environment: Record<string, string> = {}): Promise<Platform> {
    const variables = { ATTUNE__DATABASE__URL: database.url, ATTUNE__DATA_DIR: directory, ATTUNE__LOG__LEVEL: 'fatal' };
    const config = loadConfig({ directory, environment: { ...variables, ...environment } });
    const logger = createLogger('api', config.log);
    const dataSource = await createDataSource({ url: database.url }).initialize();
    const made = { service: 'api', config, logger, dataSource, listener: new DatabaseListener(database.url, logger) };
    opened.push(made);
    return made;
  }
  const credentials = async () =>
    JSON.parse(await readFile(join(directory, 'credentials.json'), 'utf8')) as { login: string; password: string };
  const logins = async ({ dataSource }: Platform) =>
    (await dataSource.getRepository(IdentityEntity).find({ order: { id: 'ASC' } })).map(({ login }) => login);

  it('puts the bundled packs in place and makes an administrator only its owner can read about', async () => {
    const made = await platform();
    await bootstrap(made);
    const packs = await made.dataSource.getRepository(PackEntity).find();
    expect(packs.map(({ ref }) => ref)).toContain('core');
    await expect(stat(join(made.config.packsBaseDir, 'core', 'pack.yaml'))).resolves.toBeDefined();
    expect((await credentials()).login).toBe('admin');
    expect((await credentials()).password.length).toBeGreaterThanOrEqual(24);
    expect((await stat(join(directory, 'credentials.json'))).mode & 0o777).toBe(0o600);
    expect(await logins(made)).toEqual(['system', 'admin']);
  });

  it('does it once, however many start at the same time', async () => {
    const processes = await Promise.all([platform(), platform(), platform()]);
    await Promise.all(processes.map(bootstrap));
    const first = await credentials();
    await bootstrap(await platform({ ATTUNE__BOOTSTRAP__LOGIN: 'somebody-else' }));
    expect(await credentials()).toEqual(first);
    expect(await logins(processes[0])).toEqual(['system', 'admin']);
  });

  it('takes login and password from the configuration', async () => {
    const made = await platform({ ATTUNE__BOOTSTRAP__LOGIN: 'root', ATTUNE__BOOTSTRAP__PASSWORD: 'a long password' });
    await bootstrap(made);
    expect(await credentials()).toEqual({ login: 'root', password: 'a long password' });
    expect(await logins(made)).toEqual(['system', 'root']);
  });
});
