import { insertAuditEvents, auditEvent, run, sql, systemOrigin } from '@attune/common';
import { ApiError, operations } from '@attune/contract';
import { eventually } from '@attune/testing';
import { type z } from 'zod';
import { createDemo } from '../../spec/scenario.js';
import { ADMIN, startTestApi, type TestApi } from '../../spec/test-api.js';

describe('reading the audit log', () => {
  let api: TestApi;
  let authorization: string;

  beforeAll(async () => {
    api = await startTestApi();
    const { access_token: token } = await api.anonymous.call(operations.login, { body: ADMIN });
    authorization = `Bearer ${token}`;
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  type Query = z.input<typeof operations.listAuditEvents.query>;
  const list = (query: Query) => api.admin.call(operations.listAuditEvents, { query });
  const get = (url: string, headers: Record<string, string> = { authorization }) => api.app.inject({ url, headers });

  it('gives everything a request did by its id', async () => {
    const answer = await get('/api/v1/packs/none');
    const requestId = String(answer.headers['x-request-id']);
    await eventually(async () => {
      const events = await api.admin.call(operations.listAuditEventsByRequest, { params: { request_id: requestId } });
      expect(events).toEqual([
        expect.objectContaining({
          event_type: 'api.get.failure',
          actor_login: ADMIN.login,
          actor_token_type: 'access',
          request_id: requestId,
          http_path: '/api/v1/packs/none',
          http_status: 404,
          details: {},
          correlation_chain: {},
        }),
      ]);
    });
    expect((await list({ request_id: requestId })).items).toHaveLength(1);
  });

  it('has nothing for a request id that is none of ours', async () => {
    const params = { request_id: '00000000-0000-4000-8000-000000000000' };
    expect(await api.admin.call(operations.listAuditEventsByRequest, { params })).toEqual([]);
    expect((await list({ request_id: params.request_id })).items).toEqual([]);
    expect((await get('/api/v1/audit-events/by-request/none')).statusCode).toBe(400);
  });

  it('gives one event by its id, and says no more of the platform than the contract does', async () => {
    await insertAuditEvents(api.dataSource, [
      auditEvent(systemOrigin('attune-supervisor'), {
        type: 'maintenance.artifact.cleanup_completed',
        details: { n: 1 },
      }),
    ]);
    const [found] = (await list({ actor_login: 'supervisor' })).items;
    const event = await api.admin.call(operations.getAuditEvent, { params: { id: found?.id ?? 0 } });
    expect(event).toMatchObject({ ...found, actor_token_type: null, details: { n: 1 }, duration_ms: null });
    const missing = api.admin.call(operations.getAuditEvent, { params: { id: 5 } });
    await expect(missing).rejects.toMatchObject({ status: 404 });
  });

  it('pages, counts when asked to, and keeps to the time it is given', async () => {
    const all = await list({ category: 'pack', include_total: true });
    expect(all.pagination).toMatchObject({ page: 1, page_size: 50, total_items: all.items.length });
    const [newest, second, ...older] = all.items;
    const page = await list({ category: 'pack', page: 2, per_page: 1 });
    expect(page.items).toEqual([second]);
    expect(page.pagination).toEqual({ page: 2, page_size: 1, has_previous: true, has_next: older.length > 0 });
    expect((await list({ category: 'pack', created_after: '2999-01-01T00:00:00Z' })).items).toEqual([]);
    expect((await list({ category: 'pack', created_before: '2001-01-01T00:00:00+02:00' })).items).toEqual([]);
    const since = await list({ category: 'pack', created_after: newest?.created ?? '' });
    expect(since.items[0]).toEqual(newest);
    expect((await get('/api/v1/audit-events?created_after=yesterday')).statusCode).toBe(400);
    expect((await get('/api/v1/audit-events?outcome=maybe')).statusCode).toBe(400);
  });

  it('tells of each read of the log, and of nothing else about it', async () => {
    const reads = async () =>
      run<{ details: unknown; resource_id: number | null }>(
        api.dataSource,
        sql`
        select e.details, e.resource_id
        from audit_event as e
        where e.created > now() - interval '1 hour' and e.event_type = 'audit_log.read'
        order by e.created, e.id`,
      );
    const before = (await reads()).length;
    await list({ http_path: '/nothing', created_after: '2026-01-01T00:00:00Z', per_page: 3 });
    await expect(api.admin.call(operations.getAuditEvent, { params: { id: 17 } })).rejects.toBeInstanceOf(ApiError);
    expect((await reads()).slice(before)).toEqual([
      {
        details: expect.objectContaining({
          filter: { created_after: '2026-01-01T00:00:00.000Z', http_path: '/nothing' },
          rows: 0,
        }) as unknown,
        resource_id: null,
      },
      { details: {}, resource_id: 17 },
    ]);
  });

  it('wants audit_log:read, and tells of whoever lacks it', async () => {
    const nobody = await api.withGrants([{ resource: 'packs', actions: ['read'] }]);
    await expect(nobody.call(operations.listAuditEvents)).rejects.toMatchObject({ status: 403 });
    expect((await get('/api/v1/audit-events', {})).statusCode).toBe(401);
    const auditor = await api.withGrants([{ resource: 'audit_log', actions: ['read'] }]);
    await eventually(async () => {
      const { items } = await auditor.call(operations.listAuditEvents, {
        query: { event_type: 'rbac.denied', resource_type: 'audit_log' },
      });
      expect(items).toHaveLength(1);
    });
  });

  describe('access', () => {
    it('tells who was refused what, also where the answer denies that there is anything', async () => {
      const nobody = await api.withGrants([]);
      await expect(nobody.call(operations.deletePack, { params: { ref: 'demo' } })).rejects.toMatchObject({
        status: 403,
      });
      await expect(nobody.call(operations.getPack, { params: { ref: 'demo' } })).rejects.toMatchObject({ status: 404 });
      await expect(api.admin.call(operations.getPack, { params: { ref: 'none' } })).rejects.toMatchObject({
        status: 404,
      });
      await eventually(async () => {
        const { items } = await list({ event_type: 'rbac.denied', resource_type: 'packs' });
        expect(items.map(({ resource_ref, outcome, category }) => ({ resource_ref, outcome, category }))).toEqual([
          { resource_ref: 'demo', outcome: 'denied', category: 'rbac' },
          { resource_ref: 'demo', outcome: 'denied', category: 'rbac' },
        ]);
        const [, first] = items;
        const { details } = await api.admin.call(operations.getAuditEvent, { params: { id: first?.id ?? 0 } });
        expect(details).toEqual({
          operation: 'deletePack',
          permission: 'packs:delete',
          reason: 'This needs the permission packs:delete',
        });
      });
    });

    it('tells who used a right over the platform itself', async () => {
      await expect(api.admin.call(operations.cordonWorker, { params: { id: 99 }, body: {} })).rejects.toMatchObject({
        status: 404,
      });
      expect((await list({ event_type: 'rbac.allowed.privileged' })).items).toEqual([]);
      await run(api.dataSource, sql`insert into worker (name, worker_type) values ('spec', 'local')`);
      const [worker] = (await api.admin.call(operations.listWorkers)).items;
      await api.admin.call(operations.cordonWorker, { params: { id: worker?.id ?? 0 }, body: { reason: 'x' } });
      await eventually(async () => {
        const { items } = await list({ event_type: 'rbac.allowed.privileged' });
        expect(items).toEqual([expect.objectContaining({ resource_type: 'workers', actor_login: ADMIN.login })]);
      });
    });
  });
});
