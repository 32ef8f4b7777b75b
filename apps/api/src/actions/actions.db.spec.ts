import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('actions', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  const params = { ref: 'demo.greet' };
  const body = { ref: 'demo.other', pack_ref: 'demo', label: 'Other', entrypoint: 'true', runtime_ref: 'core.shell' };

  it('made here are ad-hoc and leave out what is empty', async () => {
    const action = await api.admin.call(operations.getAction, { params });
    expect(action).toMatchObject({ is_adhoc: true, runtime_ref: 'core.shell', accesses_mcp: false });
    for (const key of [
      'worker_selector',
      'worker_tolerations',
      'worker_affinity',
      'workflow_def',
      'log_retention_limit',
    ]) {
      expect(action).not.toHaveProperty(key);
    }
  });

  it('keep where they may run', async () => {
    const placement = {
      worker_selector: { zone: 'a' },
      worker_tolerations: [{ key: 'gpu', operator: 'exists' }] as const,
      required_worker_runtimes: { python: '>=3.10' },
    };
    const made = await api.admin.call(operations.createAction, {
      body: { ...body, ...placement, worker_tolerations: [...placement.worker_tolerations] },
    });
    expect(made).toMatchObject(placement);
    const cleared = await api.admin.call(operations.updateAction, {
      params: { ref: body.ref },
      body: { worker_selector: {}, worker_tolerations: [], log_retention_limit: { op: 'set', value: 3 } },
    });
    expect(cleared).not.toHaveProperty('worker_selector');
    expect(cleared).toMatchObject({ required_worker_runtimes: { python: '>=3.10' }, log_retention_limit: 3 });
    const unset = await api.admin.call(operations.updateAction, {
      params: { ref: body.ref },
      body: { log_retention_limit: { op: 'clear' } },
    });
    expect(unset).not.toHaveProperty('log_retention_limit');
    await api.admin.call(operations.deleteAction, { params: { ref: body.ref } });
  });

  it('are refused with a place that cannot be', async () => {
    const refused = { status: 400, code: 'BAD_REQUEST' };
    const create = (wrong: object) => api.admin.call(operations.createAction, { body: { ...body, ...wrong } });
    const update = (wrong: object) => api.admin.call(operations.updateAction, { params, body: wrong });
    await expect(create({ runtime_version_constraint: 'latest' })).rejects.toMatchObject(refused);
    await expect(create({ required_worker_runtimes: { python: '>=' } })).rejects.toMatchObject(refused);
    await expect(create({ worker_affinity: { preferred: [{ weight: 101, preference: {} }] } })).rejects.toMatchObject(
      refused,
    );
    await expect(update({ runtime_version_constraint: { op: 'set', value: '>=1 || <3' } })).rejects.toMatchObject(
      refused,
    );
    await expect(update({ required_worker_runtimes: { python: 'x' } })).rejects.toMatchObject(refused);
    const good = { runtime_version_constraint: { op: 'set', value: '>=5,<6' } } as const;
    await expect(update(good)).resolves.toMatchObject({ runtime_version_constraint: '>=5,<6' });
    await expect(update({ runtime_version_constraint: { op: 'clear' } })).resolves.toBeDefined();
  });

  it('are found by every word, in any case, in some packs', async () => {
    const search = async (query: { q?: string; packs?: string }) =>
      (await api.admin.call(operations.searchActions, { query })).items.map(({ ref }) => ref);
    expect(await search({ q: 'GREET demo' })).toEqual(['demo.greet']);
    expect(await search({ q: 'greet nothing' })).toEqual([]);
    expect(await search({ q: '%' })).toEqual([]);
    expect(await search({ packs: 'demo' })).toEqual(['demo.greet']);
    await expect(search({ packs: 'demo,nothing' })).rejects.toMatchObject({ status: 404 });
  });

  it('are listed by pack, and by what the caller may run', async () => {
    const page = await api.admin.call(operations.listPackActions, { params: { pack_ref: 'demo' } });
    expect(page.items.map(({ ref }) => ref)).toEqual(['demo.greet']);
    const runner = await api.withGrants([
      { resource: 'actions', actions: ['read'] },
      { resource: 'actions', actions: ['execute'], constraints: { pack_refs: ['demo'] } },
    ]);
    const runnable = await runner.call(operations.listActions, { query: { executable_with_current_access: true } });
    expect(runnable.items.map(({ ref }) => ref)).toEqual(['demo.greet']);
    expect(runnable.pagination.total_items).toBe(1);
  });

  it('are only seen within the constraints of a grant', async () => {
    const reader = await api.withGrants([
      { resource: 'actions', actions: ['read'], constraints: { pack_refs: ['demo'] } },
    ]);
    const page = await reader.call(operations.listActions);
    expect(page.items.map(({ ref }) => ref)).toEqual(['demo.greet']);
    await expect(reader.call(operations.getAction, { params: { ref: 'core.echo' } })).rejects.toMatchObject({
      status: 403,
    });
    const writer = await api.withGrants([
      { resource: 'actions', actions: ['create'], constraints: { pack_refs: ['core'] } },
    ]);
    await expect(writer.call(operations.createAction, { body })).rejects.toMatchObject({ status: 403 });
  });

  it('tell how full their policy is, once it was at work', async () => {
    const stats = (ref: string) => api.admin.call(operations.getQueueStats, { params: { ref } });
    await expect(stats('demo.nothing')).rejects.toMatchObject({ status: 404 });
    await expect(stats('demo.greet')).rejects.toMatchObject({ status: 404 });
    await api.dataSource.query(`
      insert into queue_stats (
        action_id, action_ref, queue_length, active_count, max_concurrent, oldest_enqueued_at, total_enqueued,
        total_completed, last_updated)
      select a.id, a.ref, 3, 2, 2, '2026-11-25T12:00:00Z', 9, 4, '2026-11-25T12:00:01Z' from action as a where a.ref = 'demo.greet'`);
    const { id } = await api.admin.call(operations.getAction, { params });
    expect(await stats('demo.greet')).toEqual({
      action_id: id,
      action_ref: 'demo.greet',
      queue_length: 3,
      active_count: 2,
      max_concurrent: 2,
      oldest_enqueued_at: '2026-11-25T12:00:00.000Z',
      total_enqueued: 9,
      total_completed: 4,
      last_updated: '2026-11-25T12:00:01.000Z',
    });
  });

  it.each([
    ['an unknown pack', { pack_ref: 'nothing' }, 404, 'NOT_FOUND'],
    ['an unknown runtime', { runtime_ref: 'no.runtime' }, 404, 'NOT_FOUND'],
    ['an unknown runtime id', { runtime: 4711 }, 404, 'NOT_FOUND'],
    ['a ref that is taken', { ref: 'demo.greet' }, 409, 'CONFLICT'],
    ['a character no ref has', { ref: 'demo.a b' }, 400, 'BAD_REQUEST'],
    ['a ref with two dots', { ref: 'demo.a.b' }, 422, 'UNPROCESSABLE_ENTITY'],
    ['a source that is too long', { entrypoint: 'x'.repeat(1025) }, 422, 'VALIDATION_ERROR'],
    ['a retention of nothing', { log_retention_limit: 0 }, 422, 'VALIDATION_ERROR'],
    ['permission sets nobody has', { default_execution_permission_set_refs: ['no.set'] }, 403, 'FORBIDDEN'],
  ])('refuse %s', async (_case, wrong, status, code) => {
    const attempt = api.admin.call(operations.createAction, { body: { ...body, ...wrong } });
    await expect(attempt).rejects.toMatchObject({ status, code });
  });
});
