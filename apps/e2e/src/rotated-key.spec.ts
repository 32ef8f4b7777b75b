import { spawn } from 'node:child_process';
import { createDecipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, operations } from '@attune/contract';
import { eventually, freePort, runCli, startProduct, workspaceRoot } from '@attune/testing';
import { Installation } from './harness/installation.js';
import { logIn } from './harness/scenario.js';

const OLD = 'the encryption key of the first years';
const NEW = 'the encryption key of the years to come';
/** So many that a rotation takes long enough to be killed in its middle. */
const SECRETS = 20_000;
const KEYS = 10;

const storeKey = (client: ApiClient, ref: string, value: string | number) =>
  client.call(operations.createKey, { body: { ref, name: ref, owner_type: 'system', value, encrypted: true } });
const readKey = async (client: ApiClient, ref: string) =>
  (await client.call(operations.getKey, { params: { ref } })).value;

/** The stored form as it is documented: base64(nonce 12, ciphertext, tag 16), AES-256-GCM, SHA-256 of the configured text. */
function open(sealed: string, key: string): unknown {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', createHash('sha256').update(key).digest(), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return JSON.parse(decipher.update(bytes.subarray(12, -16)).toString('utf8') + decipher.final('utf8'));
}

describe('attune secrets rotate-key', () => {
  it('loses nothing while the API reads and writes, and goes on after a kill in its middle', async () => {
    const installation = await Installation.prepare();
    try {
      const rotating = { ATTUNE__SECURITY__ENCRYPTION_KEY: NEW, ATTUNE__SECURITY__PREVIOUS_ENCRYPTION_KEYS: OLD };
      const first = await installation.start('api', { ATTUNE__SECURITY__ENCRYPTION_KEY: OLD });
      await storeSecrets(installation);
      await first.stop();

      const second = await installation.start('api', rotating);
      const client = await logIn(installation.url, installation.credentials);
      const work = new Work(client);
      await eventually(async () => expect(await leftOver(installation)).toBe(SECRETS)); // it has written
      const killed = rotate(installation, rotating);
      await eventually(async () => expect(await leftOver(installation)).toBeLessThan(SECRETS), 60_000);
      killed.kill('SIGKILL');
      await once(killed, 'close');
      expect(await leftOver(installation)).toBeGreaterThan(0);

      const [code] = (await once(rotate(installation, rotating), 'close')) as [number];
      expect(code).toBe(0);
      const changing = await work.stop();
      expect(await leftOver(installation)).toBe(0);
      await second.stop();

      await installation.start('api', { ATTUNE__SECURITY__ENCRYPTION_KEY: NEW });
      const after = await logIn(installation.url, installation.credentials);
      for (let index = 0; index < KEYS; index += 1) expect(await readKey(after, `kept_${index}`)).toBe(index);
      expect(await readKey(after, 'changing')).toBe(changing);
      const rows = await installation.rows<{ path: string; sealed: string }>(
        `select s.json_path as path, s.encrypted_value as sealed from execution_secret_value as s`,
      );
      expect(rows).toHaveLength(SECRETS);
      for (const { path, sealed } of rows) expect(open(sealed, NEW)).toBe(Number(path.slice('/kept_'.length)));
    } finally {
      await installation.close();
    }
  });

  it('refuses, naming them, when there are rows that no configured key opens', async () => {
    const installation = await Installation.prepare();
    try {
      const api = await installation.start('api', { ATTUNE__SECURITY__ENCRYPTION_KEY: OLD });
      await storeKey(await logIn(installation.url, installation.credentials), 'lost', 1);
      await api.stop();
      const options = { dataDir: installation.folder, port: 0 };
      const environment = { ...installation.environment, ATTUNE__SECURITY__ENCRYPTION_KEY: NEW };
      const refused = await runCli(['secrets', 'rotate-key'], { ...options, environment });
      expect(refused.code).toBe(1);
      expect(refused.output).toMatch(/1 row\(s\) cannot be opened[^]*key \d+: lost[^]*Nothing was changed/);
      const skipped = await runCli(['secrets', 'rotate-key', '--skip-unreadable'], { ...options, environment });
      expect(skipped.code).toBe(0);
    } finally {
      await installation.close();
    }
  });

  it('gives a data directory a new key, when nothing runs on it', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'attune-rotate-'));
    const port = await freePort();
    const secrets = async () =>
      JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as Record<string, unknown>;
    try {
      const first = await startProduct({ dataDir, port });
      await storeKey(await logIn(first.url, await first.credentials()), 'message', 'hello');
      const before = await secrets();
      const refused = await runCli(['secrets', 'rotate-key'], { dataDir, port });
      expect(refused.code).toBe(1);
      expect(refused.output).toMatch(/already running/);
      expect(await secrets()).toEqual(before);
      await first.interrupt();

      const rotated = await runCli(['secrets', 'rotate-key'], { dataDir, port });
      expect(rotated.code).toBe(0);
      expect(rotated.output).toMatch(/^key +1$/m);
      const after = await secrets();
      expect(Object.keys(after)).toEqual(['jwtSecret', 'encryptionKey']);
      expect(after['jwtSecret']).toBe(before['jwtSecret']);
      expect(after['encryptionKey']).not.toBe(before['encryptionKey']);

      const second = await startProduct({ dataDir, port });
      const client = await logIn(second.url, await second.credentials());
      expect(await readKey(client, 'message')).toBe('hello');
      // Actions are given keys as parameters: whatever reads them must know the new key too.
      const { id } = await client.call(operations.executeAction, { body: { action_ref: 'core.echo' } });
      await eventually(async () => {
        const execution = await client.call(operations.getExecution, { params: { id }, query: {} });
        expect(execution).toMatchObject({ status: 'completed', result: { stdout: 'hello' } });
      }, 30_000);
      await second.interrupt();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

/** Some keys, and many secrets of executions that hold the same. */
async function storeSecrets(installation: Installation): Promise<void> {
  const client = await logIn(installation.url, installation.credentials);
  for (let index = 0; index < KEYS; index += 1) await storeKey(client, `kept_${index}`, index);
  await storeKey(client, 'changing', 0);
  await installation.rows(
    `insert into execution_secret_value (entity_type, entity_id, json_path, encrypted_value, encryption_key_hash)
     select 'execution_config', n, '/' || k.ref, k.value #>> '{}', k.encryption_key_hash
     from generate_series(1, $1::int) as n, key as k where k.ref like 'kept%'`,
    [SECRETS / KEYS],
  );
}

const rotate = ({ environment }: Installation, keys: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [join(workspaceRoot(), 'apps/cli/dist/main.js'), 'secrets', 'rotate-key'], {
    env: { PATH: process.env['PATH'], ...environment, ...keys },
    stdio: 'ignore',
  });

/** Secrets of executions that are not encrypted with the key of what was written last. */
async function leftOver(installation: Installation): Promise<number> {
  const [row] = await installation.rows<{ count: number }>(
    `select count(*)::int as count
     from execution_secret_value as s
     where s.encryption_key_hash <> (select k.encryption_key_hash from key as k where k.ref = 'changing')`,
  );
  return row!.count;
}

/** Writes one key and reads the others, without a pause. */
class Work {
  private isStopping = false;
  private readonly writing: Promise<number>;
  private readonly reading: Promise<void>;

  constructor(private readonly client: ApiClient) {
    this.writing = this.write();
    this.reading = this.read();
  }

  /** What was written last. */
  async stop(): Promise<number> {
    this.isStopping = true;
    await this.reading;
    return this.writing;
  }

  private async write(): Promise<number> {
    for (let value = 1; ; value += 1) {
      await this.client.call(operations.updateKey, { params: { ref: 'changing' }, body: { value } });
      if (this.isStopping) return value;
    }
  }

  private async read(): Promise<void> {
    for (let turn = 0; !this.isStopping; turn += 1) {
      const index = turn % KEYS;
      expect(await readKey(this.client, `kept_${index}`)).toBe(index);
    }
  }
}
