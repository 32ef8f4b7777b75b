import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHANNEL, moveExecutions } from '@attune/common';
import { operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('packs', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  const create = (ref: string, more: object = {}) =>
    api.admin.call(operations.createPack, { body: { ref, label: 'Label', version: '1.0.0', ...more } });

  it('come with the product and are listed by ref', async () => {
    const page = await api.admin.call(operations.listPacks, { query: { page_size: 500 } });
    expect(page.items.map(({ ref }) => ref)).toContain('core');
    expect(page.pagination).toMatchObject({ page: 1, page_size: 100, has_previous: false, has_next: false });
    expect(page.items.map(({ ref }) => ref)).toEqual(page.items.map(({ ref }) => ref).toSorted());
  });

  it('are created, read, changed and deleted', async () => {
    const pack = await create('own', { config: { a: 1 }, tags: ['x'], description: 'first' });
    expect(pack).toMatchObject({ ref: 'own', description: 'first', conf_schema: {}, config: { a: 1 }, tags: ['x'] });
    expect(await api.admin.call(operations.getPack, { params: { ref: 'own' } })).toEqual(pack);

    const kept = await api.admin.call(operations.updatePack, {
      params: { ref: 'own' },
      body: { label: 'New', config: null },
    });
    expect(kept).toMatchObject({ label: 'New', config: { a: 1 }, description: 'first' });
    const cleared = await api.admin.call(operations.updatePack, {
      params: { ref: 'own' },
      body: { description: { op: 'clear' }, config: {} },
    });
    expect(cleared).toMatchObject({ description: null, config: {} });

    const directory = join(api.platform.config.packsBaseDir, 'own');
    await mkdir(directory);
    await writeFile(join(directory, 'x'), '');
    const done = await api.admin.call(operations.deletePack, { params: { ref: 'own' } });
    expect(done.success).toBe(true);
    await expect(stat(directory)).rejects.toThrow('ENOENT');
    await expect(api.admin.call(operations.getPack, { params: { ref: 'own' } })).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    ['characters', { ref: 'bad ref!' }, 400, 'BAD_REQUEST'],
    ['form', { ref: 'Upper' }, 422, 'UNPROCESSABLE_ENTITY'],
    ['version', { ref: 'versioned', version: 'one' }, 422, 'UNPROCESSABLE_ENTITY'],
    ['config', { ref: 'configured', config: [] }, 422, 'VALIDATION_ERROR'],
    ['schema', { ref: 'schematic', conf_schema: { a: { type: 'strnig' } } }, 422, 'VALIDATION_ERROR'],
    ['existing ref', { ref: 'core' }, 409, 'CONFLICT'],
  ])('refuse a wrong %s', async (_case, body, status, code) => {
    await expect(create('x', body)).rejects.toMatchObject({ status, code });
  });

  it('take their executions with them', async () => {
    await createDemo(api.admin, 'doomed');
    const execute = () => api.admin.call(operations.executeAction, { body: { action_ref: 'doomed.greet' } });
    const { id } = await execute();
    const running = await execute();
    await moveExecutions(api.dataSource, [{ id: running.id, status: 'scheduled', worker: 17 }], {
      from: ['requested'],
    });
    await moveExecutions(api.dataSource, [{ id: running.id, status: 'running' }], { from: ['scheduled'] });
    const done = await execute();
    await moveExecutions(api.dataSource, [{ id: done.id, status: 'failed' }], { from: ['requested'] });
    const told: string[] = [];
    const unsubscribe = api.platform.listener.on(CHANNEL.cancel, (worker) => told.push(worker));
    await api.platform.listener.start();
    await api.admin.call(operations.deletePack, { params: { ref: 'doomed' } });
    const execution = await api.admin.call(operations.getExecution, { params: { id } });
    expect(execution).toMatchObject({ status: 'cancelled', action_ref: 'doomed.greet' });
    const stopping = await api.admin.call(operations.getExecution, { params: { id: running.id } });
    expect(stopping).toMatchObject({ status: 'canceling', result: null });
    await eventually(() => expect(told).toContain('17'));
    unsubscribe();
    const over = await api.admin.call(operations.getExecution, { params: { id: done.id } });
    expect(over).toMatchObject({ status: 'failed', result: null });
  });

  it('of others are hidden from those whose grants do not name them', async () => {
    await create('private');
    const reader = await api.withGrants([{ resource: 'packs', actions: ['read'] }]);
    const named = await api.withGrants([{ resource: 'packs', actions: ['read'], constraints: { refs: ['private'] } }]);
    const nobody = await api.withGrants([]);
    const refsOf = async (client: typeof reader) =>
      (await client.call(operations.listPacks)).items.map(({ ref }) => ref);
    expect(await refsOf(reader)).not.toContain('private');
    expect(await refsOf(reader)).toContain('core');
    expect(await refsOf(named)).toEqual(['core', 'private']);
    expect(await refsOf(nobody)).toEqual(['core']);
    await expect(reader.call(operations.getPack, { params: { ref: 'private' } })).rejects.toMatchObject({
      status: 404,
    });
    await expect(named.call(operations.getPack, { params: { ref: 'private' } })).resolves.toBeDefined();
    await expect(nobody.call(operations.deletePack, { params: { ref: 'private' } })).rejects.toMatchObject({
      status: 403,
    });
  });
});
