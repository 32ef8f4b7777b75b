import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './load-config.js';
import { forgetPreviousLocalKeys, replaceLocalEncryptionKey } from './secrets.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'attune-config-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const load = (environment: Record<string, string> = {}) => loadConfig({ directory, environment });

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('works without any setting', () => {
    const config = load();
    expect(config.server).toMatchObject({ port: 8080, publicUrl: 'http://127.0.0.1:8080' });
    expect(config.database.url).toBeNull();
    expect(config.dataDir).toBe(join(directory, '.attune'));
    expect(config.packsBaseDir).toBe(join(directory, '.attune', 'packs'));
  });

  it('lets the environment file win over the general one, and variables over both', () => {
    writeFileSync(join(directory, 'config.yaml'), 'server: { port: 1, host: one }\nlog: { level: debug }\n');
    writeFileSync(join(directory, 'config.staging.yaml'), 'server: { port: 2 }\n');
    const config = load({ ATTUNE__ENVIRONMENT: 'staging', ATTUNE__LOG__LEVEL: 'warn' });
    expect(config.server).toMatchObject({ host: 'one', port: 2 });
    expect(config.log.level).toBe('warn');
  });

  it('reads a value from the file that a _FILE variable names', () => {
    writeFileSync(join(directory, 'password'), 'correct horse battery\n');
    expect(load({ ATTUNE__BOOTSTRAP__PASSWORD_FILE: join(directory, 'password') }).bootstrap.password).toBe(
      'correct horse battery',
    );
  });

  it('lists every problem at once, with the variable to set, and never shows the rejected value', () => {
    const problems = problemsOf({
      ATTUNE__SERVER__PORT: 'eighty',
      ATTUNE__SECURITY__JWT_SECRET: 'short-secret',
      ATTUNE__DATABASE__URL: 'mysql://root@localhost/x',
      ATTUNE__NO__SUCH: '1',
      ATTUNE__BOOTSTRAP__PASSWORD_FILE: '/does/not/exist',
    });
    expect(problems).toEqual([
      expect.stringContaining('ATTUNE__BOOTSTRAP__PASSWORD_FILE: cannot read /does/not/exist'),
      expect.stringMatching(/^database\.url: must be a postgres:\/\/ address \(ATTUNE__DATABASE__URL\)$/),
      expect.stringMatching(/^server\.port: .*\(ATTUNE__SERVER__PORT\)$/),
      expect.stringMatching(/^security\.jwt_secret: must have at least 32 characters/),
      expect.stringMatching(/^no: unknown setting/),
    ]);
    expect(problems.join()).not.toContain('short-secret');
  });

  it('lists a broker that is missing or is none among the other problems', () => {
    expect(problemsOf({ ATTUNE__MESSAGING__TRANSPORT: 'rabbitmq', ATTUNE__SERVER__PORT: 'eighty' })).toEqual([
      expect.stringMatching(/^server\.port: /),
      'messaging.url: required by the transport "rabbitmq" (ATTUNE__MESSAGING__URL)',
    ]);
    expect(
      problemsOf({ ATTUNE__MESSAGING__TRANSPORT: 'kafka', ATTUNE__MESSAGING__URL: 'http://u:secret@host' }),
    ).toEqual([
      'messaging.transport: must be "postgres" or "rabbitmq" (ATTUNE__MESSAGING__TRANSPORT)',
      'messaging.url: must be an amqp:// or amqps:// address (ATTUNE__MESSAGING__URL)',
    ]);
    expect(
      load({ ATTUNE__MESSAGING__TRANSPORT: 'rabbitmq', ATTUNE__MESSAGING__URL: 'amqp://host' }).messaging,
    ).toMatchObject({ transport: 'rabbitmq', url: 'amqp://host', prefix: 'attune' });
  });

  it('reads taints from a list or from a text', () => {
    const expected = [
      { key: 'gpu', value: 'yes', effect: 'no_schedule' },
      { key: 'slow', value: null, effect: 'prefer_no_schedule' },
    ];
    const written = load({ ATTUNE__WORKER__TAINTS: 'gpu=yes, slow:prefer_no_schedule' }) as {
      worker: { taints: unknown };
    };
    expect(written.worker.taints).toEqual(expected);
    expect(problemsOf({ ATTUNE__WORKER__TAINTS: 'gpu:never' })[0]).toMatch(/^worker\.taints\.0\.effect/);
    expect(problemsOf({ ATTUNE__WORKER__TAINTS: '=yes' })[0]).toMatch(/^worker\.taints\.0\.key/);
    writeFileSync(join(directory, 'config.yaml'), 'worker:\n  taints:\n    - { key: gpu, value: "yes" }\n');
    expect((load() as { worker: { taints: unknown } }).worker.taints).toEqual(expected.slice(0, 1));
  });

  it('refuses broken YAML with its place', () => {
    writeFileSync(join(directory, 'config.yaml'), 'server:\n  port: [1\n');
    expect(problemsOf({})[0]).toMatch(/config\.yaml: .*line 3[^\n]*$/);
  });

  it('refuses to start in production without its two secrets', () => {
    expect(problemsOf({ ATTUNE__ENVIRONMENT: 'production' })).toEqual([
      'security.jwt_secret: required in production (ATTUNE__SECURITY__JWT_SECRET)',
      'security.encryption_key: required in production (ATTUNE__SECURITY__ENCRYPTION_KEY)',
    ]);
  });

  it('makes local secrets once, readable by the owner only', () => {
    const first = load().security;
    expect(load().security).toEqual(first);
    const path = join(directory, '.attune', 'secrets.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain(first.jwtSecret);
  });

  it('replaces the local encryption key and keeps the old one until it is of no use', () => {
    const first = load().security;
    expect(first).toMatchObject({ hasLocalEncryptionKey: true, previousEncryptionKeys: [] });
    const dataDir = join(directory, '.attune');
    const replaced = replaceLocalEncryptionKey(dataDir);
    expect(replaced.encryptionKey).not.toBe(first.encryptionKey);
    expect(load().security).toMatchObject({
      jwtSecret: first.jwtSecret,
      encryptionKey: replaced.encryptionKey,
      previousEncryptionKeys: [first.encryptionKey],
    });
    expect(replaceLocalEncryptionKey(dataDir)).toEqual(replaced); // interrupted: goes on with the same key
    forgetPreviousLocalKeys(dataDir);
    expect(load().security).toMatchObject({ encryptionKey: replaced.encryptionKey, previousEncryptionKeys: [] });
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
  });

  it('takes previous encryption keys, each as long as the current one', () => {
    const [current, one, two] = ['c', 'o', 't'].map((letter) => letter.repeat(32));
    const security = {
      ATTUNE__SECURITY__ENCRYPTION_KEY: current!,
      ATTUNE__SECURITY__PREVIOUS_ENCRYPTION_KEYS: `${one}, ${two}`,
    };
    expect(load(security).security).toMatchObject({
      encryptionKey: current,
      previousEncryptionKeys: [one, two],
      hasLocalEncryptionKey: false,
    });
    const problems = problemsOf({ ...security, ATTUNE__SECURITY__PREVIOUS_ENCRYPTION_KEYS: 'a-short-one' });
    expect(problems).toEqual([expect.stringMatching(/^security\.previous_encryption_keys\.0: must have at least 32/)]);
    expect(problems.join()).not.toContain('a-short-one');
  });

  it('says which file is damaged instead of replacing secrets that old data needs', () => {
    load();
    const path = join(directory, '.attune', 'secrets.json');
    chmodSync(path, 0o600);
    writeFileSync(path, '{');
    expect(() => load()).toThrow(`${path} is damaged`);
  });

  it('names the data directory it cannot write to', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => load({ ATTUNE__DATA_DIR: 'file/inside' })).toThrow(
      /cannot keep secrets in data directory .*file\/inside/,
    );
  });

  it('cannot be changed afterwards', () => {
    const config = load() as { server: { port: number } };
    expect(() => (config.server.port = 1)).toThrow(TypeError);
  });
});
