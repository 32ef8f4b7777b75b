import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type JsonObject, parseJson, withRawNumbers } from '@attune/engine';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../../database/data-source.js';
import { execute, run } from '../../database/run.js';
import { json, sql } from '../../database/sql.js';
import { KeyEntity } from '../../entities/key.entity.js';
import { PackRegistryIndexEntity } from '../../entities/pack-registry-index.entity.js';
import { TriggerEntity } from '../../entities/trigger.entity.js';
import { findKey, insertKey } from '../../repositories/keys.repository.js';
import { insertRow } from '../../repositories/rows.js';
import { openValues, sealValues } from '../sealed-values.js';
import { SecretBox } from '../secret-box.js';
import { findUnreadableSecrets, resealSecrets } from './rotate-secrets.js';

const OLD = 'the old encryption key of the product';
const NEW = 'the new encryption key of the product';
const old = new SecretBox(OLD);
const both = new SecretBox(NEW, [OLD]);
const onlyNew = new SecretBox(NEW);

describe('resealSecrets', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await createDataSource({ url: database.url }).initialize();
  });
  beforeEach(() =>
    execute(dataSource, sql`truncate key, execution_secret_value, trigger, pack, pack_registry_index cascade`),
  );
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const nobody = {
    owner_type: 'system',
    owner_identity: null,
    owner_pack: null,
    owner_pack_ref: null,
    owner_action: null,
    owner_action_ref: null,
    owner_sensor: null,
    owner_sensor_ref: null,
  } as const;
  const key = (ref: string, box: SecretBox, value: unknown = ref) =>
    insertKey(dataSource, { ref, name: ref }, nobody, { encryption_key_hash: box.keyHash, value: box.seal(value) });
  const valueOf = async (ref: string, box = onlyNew) => {
    const { value, encryption_key_hash: hash } = (await findKey(dataSource, ref))!;
    expect(hash).toBe(box.keyHash);
    return box.open(String(value));
  };
  const secrets = (count: number, box: SecretBox, from = 1) =>
    execute(
      dataSource,
      sql`
      insert into execution_secret_value (entity_type, entity_id, json_path, encrypted_value, encryption_key_hash)
      select 'execution_config', v.id, '/p', v.sealed, ${box.keyHash}
      from jsonb_to_recordset(${json(
        Array.from({ length: count }, (_, index) => ({ id: from + index, sealed: box.seal(from + index) })),
      )}::jsonb) as v (id bigint, sealed text)`,
    );
  const secretRows = () =>
    run<{ id: number; sealed: string; hash: string }>(
      dataSource,
      sql`
      select s.entity_id as id, s.encrypted_value as sealed, s.encryption_key_hash as hash
      from execution_secret_value as s order by s.entity_id`,
    );
  const counts = async (box = both) => (await resealSecrets(dataSource, box)).map(({ count }) => count);

  it('seals everything with the current key and leaves alone what is so already', async () => {
    await key('old', old, { deep: [1, 'ü', 12_345_678_901_234_567_890n.toString()] });
    await key('new', onlyNew);
    await insertKey(dataSource, { ref: 'plain', name: 'plain' }, nobody, { encryption_key_hash: null, value: 'open' });
    await secrets(1_203, old);
    const hmac = { enabled: true, secret: old.seal('signing'), algorithm: 'sha256' };
    const trigger = { ref: 'demo.called', label: 'Called', webhook_config: { hmac, payload_size_limit_kb: 5 } };
    await insertRow(dataSource, TriggerEntity, trigger);
    const untouched = (await findKey(dataSource, 'new'))!.value;

    expect(await findUnreadableSecrets(dataSource, both)).toEqual({ count: 0, rows: [] });
    const big = 12_345_678_901_234_567_890n;
    const config = sealValues(old, { password: { secret: true } }, { url: 'x', password: 'pack secret', big });
    await execute(
      dataSource,
      sql`
      insert into pack (ref, label, version, config)
      values ('demo', 'Demo', '1.0.0', ${JSON.stringify(withRawNumbers(config))}::jsonb)`,
    );
    const index = { url: 'https://packs', headers: { 'x-old': old.seal('token'), 'x-new': onlyNew.seal('token') } };
    await insertRow(dataSource, PackRegistryIndexEntity, index);
    expect(await counts()).toEqual([1, 1_203, 1, 1, 1, 0]);
    const [{ headers }] = (await dataSource.getRepository(PackRegistryIndexEntity).find()) as [PackRegistryIndexEntity];
    expect(Object.entries(headers).map(([name, sealed]) => [name, onlyNew.open(sealed)])).toEqual([
      ['x-new', 'token'],
      ['x-old', 'token'],
    ]);
    const [pack] = await run<{ text: string }>(
      dataSource,
      sql`select p.config::text as text from pack as p where p.ref = 'demo'`,
    );
    expect(pack?.text).not.toContain('pack secret');
    expect(openValues(onlyNew, parseJson(pack?.text ?? '') as JsonObject)).toEqual({
      url: 'x',
      password: 'pack secret',
      big,
    });
    expect(await valueOf('old')).toEqual({ deep: [1, 'ü', '12345678901234567890'] });
    expect((await findKey(dataSource, 'new'))!.value).toBe(untouched);
    expect(await findKey(dataSource, 'plain')).toMatchObject({ value: 'open', encrypted: false });
    const rows = await secretRows();
    expect(rows).toHaveLength(1_203);
    for (const { id, sealed, hash } of rows) expect([hash, onlyNew.open(sealed)]).toEqual([onlyNew.keyHash, id]);
    const { webhook_config } = await dataSource.getRepository(TriggerEntity).findOneByOrFail({ ref: 'demo.called' });
    expect(webhook_config).toMatchObject({ payload_size_limit_kb: 5, hmac: { enabled: true, algorithm: 'sha256' } });
    const { secret } = webhook_config['hmac'] as { secret: string };
    expect(onlyNew.open(secret)).toBe('signing');
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('finds what no key opens, and leaves it as it is', async () => {
    const foreign = new SecretBox('a key that nobody remembers any more');
    await key('good', old);
    const id = await key('bad', foreign);
    await secrets(1, foreign, 77);
    const found = await findUnreadableSecrets(dataSource, both);
    expect(found.count).toBe(2);
    expect(found.rows).toMatchObject([
      { table: 'key', id, name: 'bad' },
      { table: 'execution_secret_value', name: 'execution_config 77 /p' },
    ]);
    expect(await counts()).toEqual([1, 0, 0, 0, 0, 0]);
    expect(await valueOf('good')).toBe('good');
    expect(await valueOf('bad', foreign)).toBe('bad');
  });

  it('never undoes what somebody writes at the same moment', async () => {
    const refs = Array.from({ length: 300 }, (_, index) => `key_${index}`);
    for (const ref of refs) await key(ref, old, `${ref}: 0`);
    const written = new Map<string, string>();
    let isDone = false;
    // Half of the writers do not know the new key yet, as in a rolling update.
    const writing = [both, new SecretBox(OLD, [NEW])].map(async (box, writer) => {
      for (let turn = 1; !isDone; turn += 1) {
        const ref = refs[(turn * 7 + writer) % refs.length]!;
        if (Number(ref.slice(4)) % 2 !== writer) continue;
        const value = `${ref}: ${turn}`;
        await dataSource
          .getRepository(KeyEntity)
          .update({ ref }, { value: box.seal(value), encryption_key_hash: box.keyHash });
        written.set(ref, value);
        // A reader that knows both keys can read everything at any time.
        expect(both.open(String((await findKey(dataSource, ref))!.value))).toBe(value);
      }
    });
    while (written.size < 150) await resealSecrets(dataSource, both);
    isDone = true;
    await Promise.all(writing);
    await resealSecrets(dataSource, both);
    for (const ref of refs) expect(await valueOf(ref)).toBe(written.get(ref) ?? `${ref}: 0`);
  });
});
