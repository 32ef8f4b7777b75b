import { randomBytes } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { archiveOf, type Files, packFiles, uploadForm } from '../../../spec/pack-archives.js';
import { ADMIN, startTestApi, type TestApi } from '../../../spec/test-api.js';

describe('uploaded packs', () => {
  let api: TestApi;
  let base: string;

  beforeAll(async () => {
    api = await startTestApi();
    base = api.platform.config.packsBaseDir;
  });
  afterAll(() => api.close());
  afterEach(async () => expect(await readdir(join(base, '.staging'))).toEqual([]));

  const upload = async (files: Files, fields?: Record<string, string>, client = api.admin) =>
    client.call(operations.uploadPack, { form: uploadForm(await archiveOf(files), fields) });
  const file = (path: string) => readFile(join(base, path), 'utf8');

  it('are loaded and put in place', async () => {
    const installed = await upload(packFiles('first'));
    expect(installed).toMatchObject({
      pack: { ref: 'first', version: '1.0.0' },
      test_result: null,
      tests_skipped: false,
    });
    expect(installed.pack.meta).toMatchObject({ source_type: 'upload', installed_by: expect.any(Number) as number });
    expect(await file('first/actions/greet.sh')).toBe('echo hello\n');
    const rule = await api.admin.call(operations.getRule, { params: { ref: 'first.on' } });
    expect(rule).toMatchObject({ action_ref: 'first.greet', trigger_ref: 'first.called', is_adhoc: false });
  });

  it('may lie one directory down', async () => {
    const files = Object.entries(packFiles('below')).map(([name, content]) => [`below-1.0/${name}`, content]);
    await upload(Object.fromEntries(files) as Files);
    expect(await file('below/pack.yaml')).toContain('ref: below');
  });

  it('do not replace an existing pack without force, and leave its files alone', async () => {
    await upload(packFiles('kept'));
    await expect(upload(packFiles('kept', '2.0.0'))).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
    expect(await file('kept/pack.yaml')).toContain('version: 1.0.0');
    await expect(api.admin.call(operations.getPack, { params: { ref: 'kept' } })).resolves.toMatchObject({
      version: '1.0.0',
    });
  });

  it('update a pack with force and keep what operators chose', async () => {
    const { pack } = await upload(packFiles('chosen', '1.0.0', { 'triggers/old.yaml': 'ref: chosen.old\n' }));
    await api.admin.call(operations.updatePack, { params: { ref: 'chosen' }, body: { config: { mine: 1 } } });
    await api.admin.call(operations.disableRule, { params: { ref: 'chosen.on' } });
    const updated = await upload(packFiles('chosen', '2.0.0'), { force: 'TRUE' });
    expect(updated.pack).toMatchObject({ id: pack.id, version: '2.0.0', config: { mine: 1 } });
    expect(await file('chosen/pack.yaml')).toContain('version: 2.0.0');
    await expect(api.admin.call(operations.getRule, { params: { ref: 'chosen.on' } })).resolves.toMatchObject({
      enabled: false,
    });
    await expect(api.admin.call(operations.getTrigger, { params: { ref: 'chosen.old' } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('are refused with everything that is wrong, and nothing changes', async () => {
    const broken = packFiles('broken', '1.0.0', {
      'actions/greet.yaml': 'ref: broken.greet\nrunner_type: perl7\n',
      'rules/on.yaml': 'ref: broken.on\ntrigger_ref: called\n',
    });
    await expect(upload(broken)).rejects.toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: expect.stringMatching(
        /actions\/greet\.yaml:2 runner_type.*rules\/on\.yaml:1 action_ref|rules\/on\.yaml:1 action_ref/s,
      ) as string,
    });
    await expect(access(join(base, 'broken'))).rejects.toThrow('ENOENT');
    await expect(api.admin.call(operations.getPack, { params: { ref: 'broken' } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it.each<[string, Files]>([
    ['a path of another directory as its ref', { 'pack.yaml': 'ref: ../evil\nversion: 1.0.0\n' }],
    ['no manifest', { 'readme.txt': 'nothing' }],
    ['a manifest that is none', { 'pack.yaml': '- 1\n' }],
    ['an entry that leads out', { ...packFiles('evil'), '../../evil.sh': 'x' }],
  ])('are refused with %s', async (_what, files) => {
    await expect(upload(files)).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('are refused when the form is none of ours', async () => {
    const archive = await archiveOf(packFiles('formed'));
    const send = (form: FormData) => api.admin.call(operations.uploadPack, { form });
    const twice = uploadForm(archive);
    twice.append('pack', new Blob([archive]), 'again.tar.gz');
    const asText = new FormData();
    asText.append('pack', 'no file');
    for (const form of [new FormData(), uploadForm(archive, { colour: 'red' }), twice, asText]) {
      await expect(send(form)).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    }
  });

  it.each([0.3, 0.9, 0.999])('are refused when the form breaks off (%d)', async (share) => {
    const sent = new Response(
      uploadForm(await archiveOf(packFiles('halved', '1.0.0', { noise: randomBytes(50_000).toString('hex') }))),
    );
    const whole = Buffer.from(await sent.arrayBuffer());
    const { access_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/v1/packs/upload',
      headers: { authorization: `Bearer ${token}`, 'content-type': sent.headers.get('content-type') ?? '' },
      payload: whole.subarray(0, Math.floor(whole.length * share)),
    });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('are refused when they are no archive, however long', async () => {
    for (const size of [100, 20_000, 3_000_000]) {
      const form = uploadForm(new Uint8Array(size));
      await expect(api.admin.call(operations.uploadPack, { form })).rejects.toMatchObject({ status: 400 });
    }
  });

  it('are refused when they are too large, without being read to their end', async () => {
    const form = new FormData();
    form.append('pack', new Blob([new Uint8Array(102 * 1024 * 1024)]), 'pack.tar.gz');
    await expect(api.admin.call(operations.uploadPack, { form })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('The body is larger than 104857600 bytes') as string,
    });
  });

  it('are taken from those who may install packs only', async () => {
    const nobody = await api.withGrants([{ resource: 'packs', actions: ['read'] }]);
    const named = await api.withGrants([{ resource: 'packs', actions: ['install'], constraints: { refs: ['mine'] } }]);
    await expect(upload(packFiles('mine'), {}, nobody)).rejects.toMatchObject({ status: 403 });
    await expect(upload(packFiles('other'), {}, named)).rejects.toMatchObject({ status: 403 });
    await expect(upload(packFiles('mine'), {}, named)).resolves.toMatchObject({ pack: { ref: 'mine' } });
  });

  it('of one name at once: one wins as a whole', async () => {
    const contend = (version: string) => upload(packFiles('contended', version, { 'lib/version': version }));
    const outcomes = await Promise.allSettled(['1.0.0', '2.0.0', '3.0.0'].map(contend));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { version } = await api.admin.call(operations.getPack, { params: { ref: 'contended' } });
    expect(await file('contended/lib/version')).toBe(version);
    expect(await file('contended/pack.yaml')).toContain(`version: ${version}`);
  });

  it('stand in the audit log, and so does their end', async () => {
    await upload(packFiles('audited'));
    await api.admin.call(operations.deletePack, { params: { ref: 'audited' } });
    const noted = await run<{ event_type: string }>(
      api.dataSource,
      sql`
      select a.event_type
      from audit_event as a
      where a.created > now() - interval '1 hour' and a.resource_ref = 'audited'
      order by a.id`,
    );
    expect(noted.map(({ event_type }) => event_type)).toEqual(['pack.uploaded', 'pack.deleted']);
    await expect(access(join(base, 'audited'))).rejects.toThrow('ENOENT');
  });
});
