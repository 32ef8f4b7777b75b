import { run, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { PackSources } from '../../spec/pack-sources.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('pack indices', () => {
  let sources: PackSources;
  let api: TestApi;

  beforeAll(async () => {
    sources = await PackSources.open();
    api = await startTestApi(
      {},
      {
        ATTUNE__PACK_REGISTRY__ALLOW_HTTP: 'true',
        ATTUNE__PACK_REGISTRY__ALLOWED_SOURCE_HOSTS: '127.0.0.1',
        ATTUNE__PACK_REGISTRY__TIMEOUT: '2',
      },
    );
  });
  afterAll(async () => {
    await api.close();
    await sources.close();
  });

  const create = (path: string, more: object = {}) =>
    api.admin.call(operations.createPackIndex, {
      body: { url: path.startsWith('/') ? sources.url + path : path, ...more },
    });
  const remove = (id: number) => api.admin.call(operations.deletePackIndex, { params: { id } });
  const serve = (path: string, ...packs: object[]) => sources.serve(path, JSON.stringify({ packs }));
  const refs = async (query: object = {}) =>
    (await api.admin.call(operations.browsePackIndices, { query })).map(({ pack }) => pack.ref);

  it('tell the audit log of each change', async () => {
    const { id, url } = await create('/audited.json');
    await api.admin.call(operations.updatePackIndex, { params: { id }, body: { enabled: false } });
    await remove(id);
    const told = await run<{ details: object }>(
      api.dataSource,
      sql`
      select a.details from audit_event as a
      where
        a.event_type = 'admin.security_config.changed' and a.resource_ref = ${url} and a.created > now() - interval '1 hour'
      order by a.id`,
    );
    expect(told.map(({ details }) => details)).toEqual([
      { change: 'created' },
      { change: 'updated', fields: ['enabled'] },
      { change: 'deleted' },
    ]);
  });

  it('keep the values of their headers to themselves', async () => {
    const seen: unknown[] = [];
    sources.answers.set('/secret.json', ({ headers }, response) => {
      seen.push(headers['authorization']);
      response.end('{"packs":[]}');
    });
    const index = await create('/secret.json', { headers: { Authorization: 'Bearer s3cret', 'X-Team': 'ops' } });
    expect(index.headers).toEqual({ Authorization: '***', 'X-Team': '***' });
    const stored = await run<{ text: string }>(
      api.dataSource,
      sql`select i::text as text from pack_registry_index as i`,
    );
    expect(JSON.stringify(stored)).not.toContain('s3cret');
    await refs();
    expect(seen).toEqual(['Bearer s3cret']);

    const update = (body: object) => api.admin.call(operations.updatePackIndex, { params: { id: index.id }, body });
    expect((await update({ headers: { Authorization: '***' } })).headers).toEqual({ Authorization: '***' });
    await refs();
    expect(seen).toEqual(['Bearer s3cret', 'Bearer s3cret']);
    // Whoever moves an index elsewhere must not take the stored token along.
    const other = sources.url.replace('127.0.0.1', 'localhost');
    expect((await update({ url: `${other}/secret.json` })).headers).toEqual({});
    await remove(index.id);
  });

  it('do not hand headers on to another place', async () => {
    const seen: unknown[] = [];
    const elsewhere = await PackSources.open();
    elsewhere.answers.set('/index.json', ({ headers }, response) => {
      seen.push(headers['authorization']);
      response.end('{"packs":[]}');
    });
    sources.answers.set(
      '/moved.json',
      (_request, response) => void response.writeHead(302, { location: `${elsewhere.url}/index.json` }).end(),
    );
    const { id } = await create('/moved.json', { headers: { Authorization: 'Bearer s3cret' } });
    await refs();
    expect(seen).toEqual([undefined]);
    await remove(id);
    await elsewhere.close();
  });

  it('are listed by position, changed and removed', async () => {
    const second = await create('/b.json', { position: 2, name: 'B' });
    const first = await create('/a.json', { position: 1, enabled: false });
    const list = await api.admin.call(operations.listPackIndices);
    expect(list.map(({ id }) => id)).toEqual([first.id, second.id]);
    const changed = await api.admin.call(operations.updatePackIndex, {
      params: { id: first.id },
      body: { position: 3, enabled: true },
    });
    expect(changed).toMatchObject({ position: 3, enabled: true, url: first.url });
    await expect(create('/b.json')).rejects.toMatchObject({ status: 409 });
    for (const { id } of [first, second]) await remove(id);
    await expect(remove(first.id)).rejects.toMatchObject({ status: 404 });
  });

  it.each<[string, string, object]>([
    ['a file', 'file:///etc/passwd', {}],
    ['no address', 'nowhere', {}],
    ['credentials in the address', 'https://me:pw@example.org/', {}],
    ['a negative position', '/x.json', { position: -1 }],
    ['headers that are none', '/x.json', { headers: [] }],
    ['a header with a line break', '/x.json', { headers: { A: 'x\r\nB: y' } }],
    ['a header of the connection', '/x.json', { headers: { Host: 'evil' } }],
  ])('are refused with %s', async (_what, url, more) => {
    await expect(create(url, more)).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('are browsed together, and one that is away does not hide the others', async () => {
    serve(
      '/one.json',
      { ref: 'alpha', version: '1.0.0', keywords: ['Disk'] },
      { ref: 'Broken' },
      { ref: 'beta', version: '1.0.0' },
    );
    serve('/two.json', { ref: 'beta', version: '2.0.0', description: 'the disk again' });
    serve('/off.json', { ref: 'hidden', version: '1.0.0' });
    sources.serve('/none.json', 'not json');
    sources.answers.set('/slow.json', (_request, response) => response.writeHead(200).flushHeaders());
    const made = [];
    for (const path of ['/gone.json', '/none.json', '/slow.json', '/one.json', '/two.json'])
      made.push(await create(path));
    made.push(await create('/off.json', { enabled: false }));
    expect(await refs()).toEqual(['alpha', 'beta', 'beta']);
    expect(await refs({ q: 'DISK' })).toEqual(['alpha', 'beta']);
    expect(await refs({ registry_id: made[4]!.id })).toEqual(['beta']);
    expect(await refs({ include_disabled: true })).toContain('hidden');

    const found = await api.admin.call(operations.getIndexedPack, { params: { ref: 'beta' } });
    expect(found).toMatchObject({
      pack: { version: '1.0.0', contents: { actions: [] } },
      registry: { id: made[3]!.id },
    });
    await expect(api.admin.call(operations.getIndexedPack, { params: { ref: 'hidden' } })).rejects.toMatchObject({
      status: 404,
    });
    for (const { id } of made) await remove(id);
  });

  it('are not asked again at once', async () => {
    let asked = 0;
    sources.answers.set('/counted.json', (_request, response) => {
      asked += 1;
      response.end('{"packs":[]}');
    });
    const { id } = await create('/counted.json');
    await Promise.all([refs(), refs()]);
    await refs();
    expect(asked).toBe(1);
    await remove(id);
  });

  it('are for those who may configure packs, and looked into by those who may read them', async () => {
    const reader = await api.withGrants([{ resource: 'packs', actions: ['read'] }]);
    const nobody = await api.withGrants([]);
    const body = { url: 'https://example.org/' };
    await expect(reader.call(operations.createPackIndex, { body })).rejects.toMatchObject({ status: 403 });
    await expect(reader.call(operations.browsePackIndices)).resolves.toEqual([]);
    await expect(nobody.call(operations.listPackIndices)).rejects.toMatchObject({ status: 403 });
  });
});
