import { access, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { archiveOf, type Files, packFiles, uploadForm } from '../../spec/pack-archives.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('tests of packs', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  const upload = async (files: Files, fields?: Record<string, string>) =>
    api.admin.call(operations.uploadPack, { form: uploadForm(await archiveOf(files), fields) });

  const tested = (ref: string, script: string, more: Files & { readonly testing?: string } = {}): Files => {
    const { testing = '', ...files } = more;
    return packFiles(ref, '1.0.0', {
      'pack.yaml': `ref: ${ref}\nversion: 1.0.0\ntesting:\n  enabled: true\n${testing}  runners:\n    unit: { type: script, entry_point: tests/run.sh, timeout: 2 }\n`,
      'tests/run.sh': script,
      ...files,
    });
  };
  const counts = (passed: number, failed: number, skipped = 0) =>
    `echo "Total Tests: ${passed + failed + skipped}"; echo "Passed: ${passed}"; echo "Failed: ${failed}"; echo "Skipped: ${skipped}"\n`;

  it('run when a pack comes in, and are kept', async () => {
    const { pack, test_result } = await upload(tested('good', `${counts(2, 0, 1)}test -f pack.yaml || exit 3\n`));
    expect(test_result).toMatchObject({
      packRef: 'good',
      packVersion: '1.0.0',
      status: 'partial',
      totalTests: 3,
      passed: 2,
      skipped: 1,
      passRate: 1,
      testSuites: [{ name: 'unit', runnerType: 'script', total: 3, passed: 2 }],
    });
    const latest = await api.admin.call(operations.getLatestPackTest, { params: { ref: 'good' } });
    expect(latest).toMatchObject({ packId: pack.id, triggerReason: 'install', totalTests: 3, result: test_result });
  });

  it('that fail keep the pack out, unless it is forced or the tests are skipped', async () => {
    const files = tested('bad', counts(1, 1));
    await expect(upload(files)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('1 of 2 tests passed') as string,
    });
    await expect(api.admin.call(operations.getPack, { params: { ref: 'bad' } })).rejects.toMatchObject({ status: 404 });
    const skipped = await upload(files, { skip_tests: 'true' });
    expect(skipped).toMatchObject({ test_result: null, tests_skipped: true });
    const forced = await upload(files, { force: 'true' });
    expect(forced).toMatchObject({ test_result: { status: 'failed', failed: 1 } });
    const { items } = await api.admin.call(operations.listPackTests, { params: { ref: 'bad' } });
    expect(items.map(({ triggerReason, failed }) => [triggerReason, failed])).toEqual([['update', 1]]);
  });

  it('that fail are let pass where the pack says so', async () => {
    await expect(upload(tested('warned', counts(0, 1), { testing: '  on_failure: warn\n' }))).resolves.toMatchObject({
      test_result: { status: 'failed' },
    });
    await expect(upload(tested('rated', counts(3, 1), { testing: '  min_pass_rate: 0.75\n' }))).resolves.toBeDefined();
    await expect(upload(tested('rated2', counts(2, 1), { testing: '  min_pass_rate: 0.75\n' }))).rejects.toMatchObject({
      status: 400,
    });
  });

  it('count by their exit code when they say nothing', async () => {
    await expect(upload(tested('silent', 'true\n'))).resolves.toMatchObject({
      test_result: { status: 'passed', passed: 1 },
    });
    await expect(upload(tested('exits', 'echo why >&2; exit 4\n'))).rejects.toMatchObject({
      message: expect.stringContaining('exit code 4') as string,
    });
    await expect(upload(tested('liar', `${counts(1, 0)}exit 1\n`))).rejects.toMatchObject({
      message: expect.stringContaining('although no test failed') as string,
    });
  });

  it('that hang are killed with everything they started', async () => {
    const file = join(tmpdir(), `attune-pack-test-${process.pid}`);
    const started = performance.now();
    await expect(upload(tested('hangs', `sleep 300 & echo $! > ${file}; sleep 300\n`))).rejects.toMatchObject({
      message: expect.stringContaining('did not end within 2 seconds') as string,
    });
    expect(performance.now() - started).toBeLessThan(15_000);
    const pid = (await readFile(file, 'utf8')).trim();
    await rm(file);
    await eventually(async () => {
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      expect(state === '' || state.split(') ')[1]?.startsWith('Z') === true).toBe(true);
    });
  });

  it('that flood their output neither block nor fill the memory', async () => {
    const flood = `head -c 30000000 /dev/zero | tr '\\0' x; echo; ${counts(1, 0)}`;
    await expect(upload(tested('floods', flood))).resolves.toMatchObject({ test_result: { status: 'passed' } });
  });

  it('see nothing of the environment of the service', async () => {
    process.env['ATTUNE_SECRET_OF_SERVICE'] = 'seen';
    const { test_result } = await upload(tested('spy', 'env\n'));
    const output = test_result?.testSuites[0]?.testCases[0]?.stdout ?? '';
    expect(output).toContain('ATTUNE_PACK_REF=spy');
    expect(output).not.toContain('seen');
    delete process.env['ATTUNE_SECRET_OF_SERVICE'];
  });

  it('are run by hand and listed newest first, for those who may', async () => {
    await upload(tested('manual', counts(1, 0)));
    const result = await api.admin.call(operations.testPack, { params: { ref: 'manual' } });
    expect(result).toMatchObject({ status: 'passed', totalTests: 1 });
    const { items, pagination } = await api.admin.call(operations.listPackTests, {
      params: { ref: 'manual' },
      query: { page_size: 1 },
    });
    expect(items.map(({ triggerReason }) => triggerReason)).toEqual(['manual']);
    expect(pagination).toMatchObject({ total_items: 2, has_next: true });
    const reader = await api.withGrants([{ resource: 'packs', actions: ['read'], constraints: { refs: ['manual'] } }]);
    await expect(reader.call(operations.testPack, { params: { ref: 'manual' } })).rejects.toMatchObject({
      status: 403,
    });
    await expect(reader.call(operations.getLatestPackTest, { params: { ref: 'manual' } })).resolves.toBeDefined();
  });

  it('are refused of a pack that has none, and there is no latest one', async () => {
    await upload(packFiles('untested'));
    await expect(api.admin.call(operations.testPack, { params: { ref: 'untested' } })).rejects.toMatchObject({
      status: 400,
    });
    await expect(api.admin.call(operations.getLatestPackTest, { params: { ref: 'untested' } })).rejects.toMatchObject({
      status: 404,
    });
    await expect(access(join(api.platform.config.packsBaseDir, '.staging'))).resolves.toBeUndefined();
  });
});
