import { createHash } from 'node:crypto';
import { access, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registerWorker } from '@attune/common';
import { operations } from '@attune/contract';
import { archiveOf, packFiles } from '../../../spec/pack-archives.js';
import { PackSources } from '../../../spec/pack-sources.js';
import { startTestApi, type TestApi } from '../../../spec/test-api.js';

describe('packs from elsewhere', () => {
  let sources: PackSources;
  let api: TestApi;
  let base: string;

  beforeAll(async () => {
    sources = await PackSources.open();
    api = await startTestApi(
      {},
      {
        ATTUNE__PACKS__LOCAL_SOURCES: sources.directory,
        ATTUNE__PACK_REGISTRY__ALLOW_HTTP: 'true',
        ATTUNE__PACK_REGISTRY__ALLOWED_SOURCE_HOSTS: '127.0.0.1',
        ATTUNE__PACK_REGISTRY__TIMEOUT: '5',
      },
    );
    base = api.platform.config.packsBaseDir;
  });
  afterAll(async () => {
    await api.close();
    await sources.close();
  });
  afterEach(async () => expect(await readdir(join(base, '.staging'))).toEqual([]));

  const install = (source: string, more: object = {}) =>
    api.admin.call(operations.installPack, { body: { source, ...more } });
  const refused = (message: string) => ({
    status: 400,
    code: 'BAD_REQUEST',
    message: expect.stringContaining(message) as string,
  });
  const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

  describe('repositories', () => {
    it('are installed at a branch, a tag or a commit, without running anything of theirs', async () => {
      const first = await sources.commit('gitty', packFiles('gitty'), 'v1');
      await sources.commit('gitty', packFiles('gitty', '2.0.0'));
      // A hook and a filter of the repository itself would leave a trace.
      const trace = join(sources.directory, 'trace');
      await writeFile(join(sources.directory, 'gitty/.git/hooks/post-checkout'), `#!/bin/sh\ntouch ${trace}\n`, {
        mode: 0o755,
      });
      const path = join(sources.directory, 'gitty');

      const { pack } = await install(`file://${path}`);
      expect(pack).toMatchObject({ ref: 'gitty', version: '2.0.0' });
      const tagged = await install(path, { ref_spec: 'v1' });
      expect(tagged.pack).toMatchObject({ id: pack.id, version: '1.0.0' });
      expect(tagged.pack.meta).toMatchObject({ source_type: 'git', ref_spec: 'v1' });
      expect((await install(path, { ref_spec: first })).pack.version).toBe('1.0.0');
      expect((await readdir(join(base, 'gitty'))).sort()).toEqual(['actions', 'pack.yaml', 'rules', 'triggers']);
      await expect(access(trace)).rejects.toThrow('ENOENT');
      await expect(install(path, { ref_spec: 'nowhere' })).rejects.toMatchObject(refused('cannot be fetched'));
      await expect(install(path, { ref_spec: '--upload-pack=x' })).rejects.toMatchObject(refused('ref_spec must be'));
    });

    it('come over http', async () => {
      await sources.commit('served', packFiles('served'), 'v1');
      sources.serveRepositories();
      const source = `${sources.url}/git/served/.git`;
      expect((await install(source)).pack).toMatchObject({ ref: 'served', meta: { source_url: source } });
      await expect(install(source, { ref_spec: 'v1' })).resolves.toBeDefined();
      await expect(install(`${sources.url}/git/missing.git`)).rejects.toMatchObject(refused('cannot be fetched'));
    });

    it('with a link in them are refused', async () => {
      await sources.write('linked', packFiles('linked'));
      await symlink('/etc/passwd', join(sources.directory, 'linked/lib'));
      await sources.commit('linked', {});
      await expect(install(join(sources.directory, 'linked'), { ref_spec: 'main' })).rejects.toMatchObject(
        refused("'lib' is a link"),
      );
    });
  });

  describe('archives', () => {
    it('are fetched, also through a redirect, and their digest is kept', async () => {
      const archive = await archiveOf(packFiles('archived'));
      sources.serve('/real.tar.gz', archive);
      sources.answers.set(
        '/moved.tar.gz',
        (_request, response) => void response.writeHead(302, { location: '/real.tar.gz' }).end(),
      );
      const { pack } = await install(`${sources.url}/moved.tar.gz?token=s3cret`);
      expect(pack.meta).toMatchObject({
        source_type: 'archive',
        source_url: `${sources.url}/moved.tar.gz`,
        checksum: sha256(archive),
      });
    });

    it.each([
      ['/to-private', 'http://localhost:1/x.tar.gz', 'none of the allowed hosts'],
      ['/to-metadata', 'http://169.254.169.254/latest', 'none of the allowed hosts'],
      ['/to-file', 'file:///etc/passwd', 'must begin with https'],
      ['/to-itself', '/to-itself', 'redirects more than'],
    ])('are not followed from %s to %s', async (path, location, message) => {
      sources.answers.set(path, (_request, response) => void response.writeHead(307, { location }).end());
      await expect(install(`${sources.url}${path}`)).rejects.toMatchObject(refused(message));
    });

    it('are given up when they fail, break off or are no pack', async () => {
      sources.answers.set('/half', (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write(Buffer.from([0x1f, 0x8b, 8, 0]), () => response.destroy());
      });
      sources.serve('/text', 'no archive');
      await expect(install(`${sources.url}/missing`)).rejects.toMatchObject(refused('answered 404'));
      await expect(install(`${sources.url}/half`)).rejects.toMatchObject({ status: 400 });
      await expect(install(`${sources.url}/text`)).rejects.toMatchObject(refused('a tar.gz is expected'));
      await expect(install('http://user:pw@127.0.0.1/x')).rejects.toMatchObject(refused('must not hold credentials'));
    });

    it('that never end are given up in time', async () => {
      sources.answers.set('/slow', (_request, response) => response.writeHead(200).flushHeaders());
      await expect(install(`${sources.url}/slow`)).rejects.toMatchObject(refused('took longer than 5 seconds'));
    });
  });

  describe('directories and archives of the server', () => {
    it('are installed from allowed places only, wherever their links lead', async () => {
      const path = await sources.write('local', packFiles('local'));
      expect((await install(path)).pack.meta).toMatchObject({ source_type: 'local_directory' });
      const archive = join(sources.directory, 'local.tar.gz');
      await writeFile(archive, await archiveOf(packFiles('local', '2.0.0')));
      expect((await install(archive)).pack).toMatchObject({ version: '2.0.0', meta: { source_type: 'local_archive' } });
      await symlink('/etc', join(sources.directory, 'etc'));
      for (const outside of ['/etc', join(sources.directory, 'etc'), join(sources.directory, '../..'), base]) {
        await expect(install(outside)).rejects.toMatchObject(refused('no such path below'));
      }
    });

    it('are registered, from where they lie when they are live already', async () => {
      const path = await sources.write('listed', packFiles('listed'));
      const register = (from: string, more: object = {}) =>
        api.admin.call(operations.registerPack, { body: { path: from, ...more } });
      const pack = await register(path);
      expect(pack).toMatchObject({ ref: 'listed', version: '1.0.0' });
      await expect(register(path)).rejects.toMatchObject({ status: 409 });
      await writeFile(join(base, 'listed/pack.yaml'), 'ref: listed\nversion: 1.1.0\n');
      expect(await register('listed', { force: true })).toMatchObject({ id: pack.id, version: '1.1.0' });
      for (const outside of ['/etc', '..', '.', '.staging', '../../x']) {
        await expect(register(outside)).rejects.toMatchObject({ status: 400 });
      }
      await mkdir(join(base, 'misnamed'));
      await writeFile(join(base, 'misnamed/pack.yaml'), 'ref: other\nversion: 1.0.0\n');
      await expect(register('misnamed')).rejects.toMatchObject(refused("has to be called 'other'"));
    });

    it('are registered by the batch, and one that fails does not keep the others', async () => {
      const good = await sources.write('batched', packFiles('batched'));
      const bad = await sources.write('bad-batch', { 'pack.yaml': 'ref: 1\n' });
      const result = await api.admin.call(operations.registerPacks, { body: { pack_paths: [bad, good, '/etc'] } });
      expect(result).toMatchObject({
        registered_packs: [
          {
            pack_ref: 'batched',
            storage_path: join(base, 'batched'),
            components_registered: { actions: 1, sensors: 0, triggers: 1, rules: 1, workflows: 0, policies: 0 },
            test_result: null,
            validation_results: { valid: true, errors: [] },
          },
        ],
        failed_packs: [{ pack_ref: 'bad-batch', pack_path: bad, error_stage: 'registration' }, { pack_path: '/etc' }],
        summary: { total_packs: 3, success_count: 1, failure_count: 2, total_components: 3 },
      });
    });
  });

  it('are downloaded without being registered, and registered from there', async () => {
    const path = await sources.write('loaded', packFiles('loaded'));
    const { downloaded_packs, failed_packs } = await api.admin.call(operations.downloadPacks, {
      body: { packs: [path, '/etc'], destination_dir: '/anywhere' },
    });
    expect(downloaded_packs).toMatchObject([{ source: path, source_type: 'local_directory', pack_ref: 'loaded' }]);
    expect(failed_packs).toEqual([{ source: '/etc', error: expect.stringContaining('no such path') as string }]);
    await expect(api.admin.call(operations.getPack, { params: { ref: 'loaded' } })).rejects.toMatchObject({
      status: 404,
    });
    const at = downloaded_packs[0]!.pack_path;
    expect(at.startsWith(join(base, '.downloads'))).toBe(true);
    await expect(api.admin.call(operations.registerPack, { body: { path: at } })).resolves.toMatchObject({
      ref: 'loaded',
    });
  });

  describe('dependencies', () => {
    const needy = () =>
      sources.write(
        'needy',
        packFiles('needy', '1.0.0', {
          'pack.yaml': "ref: needy\nversion: 1.0.0\npython: '3.9'\ndependencies: [core, 'core>=99', absent@1.2.0]\n",
          'requirements.txt': 'requests\n',
        }),
      );

    it('are checked before anything is installed, unless that is skipped', async () => {
      const path = await needy();
      const missing = 'the pack core in a version >=99; the pack absent in a version =1.2.0; python 3.9 or later';
      await expect(install(path)).rejects.toMatchObject(refused(missing));
      await registerWorker(api.dataSource, {
        name: 'snake',
        worker_role: 'action',
        capabilities: { runtimes: { python3: ['3.8.1', '3.12.4'] } },
      });
      await expect(install(path)).rejects.toMatchObject({ message: expect.not.stringContaining('python') as string });
      await expect(install(path, { skip_deps: true })).resolves.toMatchObject({ pack: { ref: 'needy' } });
    });

    it('are told of packs that are not installed yet', async () => {
      const path = await needy();
      const told = await api.admin.call(operations.getPackDependencies, { body: { pack_paths: [path, '/etc'] } });
      expect(told.dependencies).toHaveLength(3);
      expect(told.missing_dependencies.map(({ pack_ref, version_spec }) => pack_ref + version_spec)).toEqual([
        'core>=99',
        'absent=1.2.0',
      ]);
      expect(told.runtime_requirements['needy']).toEqual({
        pack_ref: 'needy',
        python: { version: '3.9', requirements_file: 'requirements.txt' },
        nodejs: null,
      });
      expect(told.analyzed_packs).toEqual([
        { pack_ref: 'needy', pack_path: path, has_dependencies: true, dependency_count: 3 },
      ]);
      expect(told.errors).toMatchObject([{ pack_path: '/etc' }]);
    });

    it('on packages are told as environments nobody builds yet', async () => {
      const [path, plain] = [await needy(), await sources.write('plain', packFiles('plain'))];
      const told = await api.admin.call(operations.buildPackEnvironments, { body: { pack_paths: [path, plain] } });
      expect(told.failed_environments).toMatchObject([{ pack_ref: 'needy', runtime: 'python' }]);
      expect(told.built_environments).toMatchObject([
        { pack_ref: 'plain', environments: { python: null, nodejs: null } },
      ]);
      expect(told.summary).toMatchObject({ total_packs: 2, success_count: 1, failure_count: 1 });
    });
  });

  describe('pack indices', () => {
    const entry = (ref: string, sources: object[], more: object = {}) => ({
      ref,
      version: '1.0.0',
      install_sources: sources,
      ...more,
    });
    const serveIndex = (path: string, packs: object[]) => sources.serve(path, JSON.stringify({ packs }));

    it('say where a pack is, and what comes must be what they announced', async () => {
      const archive = await archiveOf(packFiles('indexed'));
      sources.serve('/indexed.tar.gz', archive);
      const url = `${sources.url}/indexed.tar.gz`;
      const commit = await sources.commit('indexed-git', packFiles('indexed-git'));
      const git = { type: 'git', url: `file://${join(sources.directory, 'indexed-git')}` };
      serveIndex('/index.json', [
        entry('indexed', [{ type: 'archive', url, checksum: sha256(archive) }]),
        entry('forged', [{ type: 'archive', url, checksum: sha256(Buffer.from('other')) }]),
        entry('renamed', [{ type: 'archive', url, checksum: sha256(archive) }]),
        entry('weak', [{ type: 'archive', url, checksum: `md5:${'0'.repeat(32)}` }]),
        entry('indexed-git', [{ ...git, checksum: `sha1:${commit}` }]),
        entry('forged-git', [{ ...git, checksum: `sha1:${'0'.repeat(40)}` }]),
      ]);
      await api.admin.call(operations.createPackIndex, { body: { url: `${sources.url}/index.json` } });
      expect((await install('indexed@1.0.0')).pack).toMatchObject({
        ref: 'indexed',
        meta: { source_type: 'registry' },
      });
      expect((await install('indexed-git')).pack.ref).toBe('indexed-git');
      await expect(install('forged')).rejects.toMatchObject(refused('checksum'));
      await expect(install('forged-git')).rejects.toMatchObject(refused('checksum'));
      await expect(install('renamed')).rejects.toMatchObject(refused("promised 'renamed' and gave 'indexed'"));
      await expect(install('weak')).rejects.toMatchObject(refused('sha256, sha384 or sha512'));
      await expect(install('indexed@9.9.9')).rejects.toMatchObject(refused('No pack index has version 9.9.9'));
      await expect(install('absent')).rejects.toMatchObject(refused("No pack index has a pack 'absent'"));
    });
  });
});
