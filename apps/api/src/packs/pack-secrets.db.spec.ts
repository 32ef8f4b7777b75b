import { findPack, openValues, SecretBox } from '@attune/common';
import { operations } from '@attune/contract';
import { archiveOf, packFiles, uploadForm } from '../../spec/pack-archives.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { bootstrap } from '../bootstrap/bootstrap.js';

const SECRET = 'hunter2-of-the-pack';
const HIDDEN = { $attune_secret: true, redacted: true };
const conf_schema = { url: { type: 'string' }, password: { type: 'string', secret: true } };

describe('secrets in the configuration of a pack', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  let count = 0;
  const create = async (config: object = { url: 'https://x', password: SECRET }) => {
    const ref = `secret-${(count += 1)}`;
    const body = { ref, label: 'Secret', version: '1.0.0', conf_schema, config };
    return api.admin.call(operations.createPack, { body });
  };
  const get = (ref: string) => api.admin.call(operations.getPack, { params: { ref } });
  const update = (ref: string, body: object) => api.admin.call(operations.updatePack, { params: { ref }, body });
  const stored = async (ref: string) => {
    const { config } = (await findPack(api.dataSource, ref))!;
    expect(JSON.stringify(config)).not.toContain(SECRET);
    return openValues(new SecretBox(api.platform.config.security.encryptionKey), config);
  };

  it('are stored encrypted and never shown', async () => {
    const created = await create();
    expect(created.config).toEqual({ url: 'https://x', password: HIDDEN });
    expect(await get(created.ref)).toEqual(created);
    expect(await stored(created.ref)).toEqual({ url: 'https://x', password: SECRET });
    const row: unknown = await api.dataSource.query('select p::text as row from pack as p where p.ref = $1', [
      created.ref,
    ]);
    expect(JSON.stringify(row)).not.toContain(SECRET);
  });

  it('are never stored in plain text either when they come in the files of a pack', async () => {
    const files = packFiles('filed', '1.0.0', {
      'pack.yaml': [
        'ref: filed',
        'version: 1.0.0',
        'conf_schema: { password: { type: string, secret: true } }',
        `config: { password: ${SECRET} }`,
      ].join('\n'),
      'actions/greet.yaml':
        'ref: filed.greet\nentry_point: greet.sh\nparameters: { token: { type: string, secret: true } }\n',
      'rules/on.yaml': `ref: filed.on\ntrigger_ref: called\naction_ref: greet\naction_params: { token: ${SECRET} }\n`,
    });
    await api.admin.call(operations.uploadPack, { form: uploadForm(await archiveOf(files)) });
    expect((await get('filed')).config).toEqual({ password: HIDDEN });
    const rule = await api.admin.call(operations.getRule, { params: { ref: 'filed.on' } });
    expect(rule.action_params).toEqual({ token: HIDDEN });
    const rows: unknown = await api.dataSource.query(
      `select p::text from pack as p where p.ref = 'filed' union all select r::text from rule as r where r.ref = 'filed.on'`,
    );
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain(SECRET);
  });

  it('stay when what was shown is sent back, and change when something else is', async () => {
    const { ref, config } = await create();
    const changed = await update(ref, { config: { ...(config as object), url: 'https://y' } });
    expect(changed.config).toEqual({ url: 'https://y', password: HIDDEN });
    expect(await stored(ref)).toEqual({ url: 'https://y', password: SECRET });
    await update(ref, { config: { password: 'another' } });
    expect(await stored(ref)).toEqual({ password: 'another' });
    await update(ref, { config: {} });
    await expect(update(ref, { config: { password: HIDDEN } })).rejects.toMatchObject({ status: 422 });
  });

  it('come to light by no other schema', async () => {
    const { ref } = await create();
    const open = { url: { type: 'string' }, password: { type: 'string' } };
    expect((await update(ref, { conf_schema: open })).config).toMatchObject({ password: HIDDEN });
    const sentBack = await update(ref, { conf_schema: open, config: { password: HIDDEN } });
    expect(sentBack.config).toEqual({ password: HIDDEN });
    await expect(update(ref, { config: { url: HIDDEN } })).rejects.toMatchObject({ status: 422 });
    expect(await stored(ref)).toEqual({ password: SECRET });
  });

  it('are covered when a new schema calls them so', async () => {
    const { ref } = await create({ url: SECRET });
    const changed = await update(ref, { conf_schema: { url: { type: 'string', secret: true } } });
    expect(changed.config).toEqual({ url: HIDDEN });
    expect(await stored(ref)).toEqual({ url: SECRET });
  });

  it('that a pack brought along in plain text are hidden at once, and sealed at the next start', async () => {
    const { ref } = await create();
    const plain = JSON.stringify({ url: 'https://x', password: SECRET });
    await api.dataSource.query('update pack set config = $1::jsonb where ref = $2', [plain, ref]);
    expect((await get(ref)).config).toEqual({ url: 'https://x', password: HIDDEN });
    await bootstrap(api.platform);
    expect(await stored(ref)).toEqual({ url: 'https://x', password: SECRET });
  });
});
