import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from './postgres-server.js';
import { readPostmasterFile } from './previous-server.js';
import { commandLineOf } from './process-identity.js';

const settings = { fsync: false, shared_buffers: '16MB' };

describe('startPostgres', () => {
  let root: string;
  const running: { stop: () => unknown }[] = [];
  const keep = async (starting: Promise<PostgresServer>): Promise<PostgresServer> => {
    const server = await starting;
    running.push(server);
    return server;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'attune-postgres-'));
  });

  afterEach(async () => {
    for (const server of running.splice(0).reverse()) await server.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('keeps data, password and port over a restart', async () => {
    const dataDir = join(root, 'a', 'pg');
    const first = await keep(startPostgres({ dataDir, settings }));
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null, isExpected: true });

    const second = await keep(startPostgres({ dataDir, settings }));
    expect(second.url).toBe(first.url);
    expect(second.url).toMatch(/^postgres:\/\/attune:[\w-]+@127\.0\.0\.1:\d+\/attune$/);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('lets nobody in without the password and keeps it from others', async () => {
    const dataDir = join(root, 'pg');
    const server = await keep(startPostgres({ dataDir, settings }));
    const url = new URL(server.url);
    url.password = 'guess';
    await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(dataDir, 'server.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'data'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('ready to accept connections');
  });

  it('compares text by byte order and knows the letters of Unicode', async () => {
    const server = await keep(startPostgres({ dataDir: join(root, 'pg'), settings }));
    expect(await query(server.url, `select lower('ÄÖ') as low, 'a' < 'B' as mixed`)).toEqual([
      { low: 'äö', mixed: false },
    ]);
  });

  it('works in a directory that only its owner can enter', async () => {
    const closed = join(root, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o700);
    const server = await keep(startPostgres({ dataDir: join(closed, 'pg'), settings }));
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('applies the given settings over its own', async () => {
    const server = await keep(
      startPostgres({ dataDir: join(root, 'pg'), settings: { ...settings, max_connections: 7 } }),
    );
    const [row] = await query(
      server.url,
      `select current_setting('max_connections') as connections, current_setting('fsync') as fsync, current_setting('jit') as jit`,
    );
    expect(row).toEqual({ connections: '7', fsync: 'off', jit: 'off' });
  });

  it('refuses a directory with a running server', async () => {
    const dataDir = join(root, 'pg');
    const server = await keep(startPostgres({ dataDir, settings }));
    await expect(startPostgres({ dataDir, settings })).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(`process ${server.pid}`) as string,
    });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses a directory whose server another living process runs', async () => {
    const dataDir = join(root, 'pg');
    const other = await startElsewhere(dataDir);
    running.push({ stop: () => endOf(other, 'SIGKILL') });
    await expect(startPostgres({ dataDir, settings })).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(`process ${String(other.pid)}`) as string,
    });
  });

  it('ends the server when the process that started it is killed', async () => {
    const dataDir = join(root, 'pg');
    const other = await startElsewhere(dataDir);
    const { pid } = (await readPostmasterFile(dataDir))!;
    await endOf(other, 'SIGKILL');
    await gone(pid);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down');
  });

  it('stops an orphan and takes its data over', async () => {
    const dataDir = join(root, 'pg');
    const other = await startElsewhere(dataDir, { orphanGraceSeconds: 60 });
    const orphan = (await readPostmasterFile(dataDir))!;
    await endOf(other, 'SIGKILL');
    expect(commandLineOf(orphan.pid)).toContain('postgres');

    const server = await keep(startPostgres({ dataDir, settings }));
    expect(server.pid).not.toBe(orphan.pid);
    expect(commandLineOf(orphan.pid)).toBe('');
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts after its server was killed, and although its process id now belongs to another program', async () => {
    const dataDir = join(root, 'pg');
    const server = await keep(startPostgres({ dataDir, settings }));
    await query(server.url, 'create table kept as select 42 as answer');
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL', isExpected: false });
    await gone(server.pid);
    const pidFile = join(dataDir, 'data', 'postmaster.pid');
    const content = await readFile(pidFile, 'utf8');
    await writeFile(pidFile, content.replace(/^\d+/, String(process.ppid)));

    const again = await keep(startPostgres({ dataDir, settings, port: server.port }));
    expect(await query(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('makes a new password when its file was lost', async () => {
    const dataDir = join(root, 'pg');
    const first = await keep(startPostgres({ dataDir, settings }));
    await first.stop();
    await rm(join(dataDir, 'server.json'));
    const second = await keep(startPostgres({ dataDir, settings }));
    expect(second.url).not.toBe(first.url);
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('removes a temporary directory after the stop, and after the death of the process', async () => {
    const server = await keep(startPostgres({ dataDir: join(root, 'one'), settings, isTemporary: true }));
    await server.stop();
    await expect(stat(join(root, 'one'))).rejects.toMatchObject({ code: 'ENOENT' });

    const dataDir = join(root, 'two');
    const other = await startElsewhere(dataDir, { isTemporary: true });
    await endOf(other, 'SIGKILL');
    await until(() =>
      stat(dataDir).then(
        () => false,
        () => true,
      ),
    );
  });

  it.each([
    ['is below a file', (path: string) => join(path, 'file', 'pg')],
    ['is a file', (path: string) => join(path, 'file')],
    ['cannot be made', () => '/proc/attune/pg'],
  ])('says in one line that the directory %s', async (_, place) => {
    await writeFile(join(root, 'file'), '');
    const failure = startPostgres({ dataDir: place(root) });
    await expect(failure).rejects.toMatchObject({ name: 'PostgresError', code: 'data_dir_unusable' });
    await expect(failure).rejects.toThrow(/^[^\n]+$/);
  });

  it('says so when the programs are missing, the port is taken, the version differs, a setting is wrong', async () => {
    const dataDir = join(root, 'pg');
    await expect(startPostgres({ dataDir, binDir: root })).rejects.toMatchObject({ code: 'binaries_missing' });

    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen({ host: '127.0.0.1', port: 0 }, resolve));
    running.push({ stop: () => new Promise((resolve) => listener.close(resolve)) });
    const { port } = listener.address() as { port: number };
    await expect(startPostgres({ dataDir, settings, port })).rejects.toMatchObject({ code: 'port_taken' });

    await expect(startPostgres({ dataDir, settings: { ...settings, work_mem: 'much' } })).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('work_mem') as string,
    });

    await writeFile(join(dataDir, 'data', 'PG_VERSION'), '9\n');
    await expect(startPostgres({ dataDir, settings })).rejects.toMatchObject({ code: 'data_dir_version' });
  });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A server run by another process of ours, which prints its address when it is up. */
async function startElsewhere(dataDir: string, options: object = {}): Promise<ChildProcess> {
  const module = new URL('../dist/index.js', import.meta.url).href;
  const program = `
    const { startPostgres } = await import(${JSON.stringify(module)});
    const server = await startPostgres(${JSON.stringify({ dataDir, settings, ...options })});
    console.log(server.url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) =>
    child.stdout.once('data', resolve).once('end', () => reject(new Error('ended'))),
  );
  return child;
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exited;
}

const gone = (pid: number): Promise<void> => until(() => commandLineOf(pid) === '');

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}
