import { execute, findInquiry, insertExecutions, sql } from '@attune/common';
import { type ApiClient, type Grant, operations } from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { executionToken } from '../../spec/tokens.js';

const ANSWERS: Grant = { resource: 'inquiries', actions: ['respond'] };

describe('inquiries', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  const execution = async (options: { parent?: number; executor?: number; action_ref?: string } = {}) => {
    const [id = 0] = await insertExecutions(api.dataSource, [
      { action: null, action_ref: 'demo.greet', executor: 1, ...options },
    ]);
    return id;
  };
  const ask = async (body: object = {}, client: ApiClient = api.admin) => {
    const asking = 'execution' in body ? {} : { execution: await execution() };
    return client.call(operations.createInquiry, { body: { execution: 0, prompt: 'Go on?', ...asking, ...body } });
  };
  const respond = (id: number, response: unknown, client: ApiClient = api.admin) =>
    client.call(operations.respondToInquiry, { params: { id }, body: { response } });
  const get = (id: number, client: ApiClient = api.admin) => client.call(operations.getInquiry, { params: { id } });
  const update = (id: number, body: object, client: ApiClient = api.admin) =>
    client.call(operations.updateInquiry, { params: { id }, body });

  it('are asked, read and answered once', async () => {
    const me = await api.admin.call(operations.getCurrentUser);
    const asked = await ask({ response_schema: { approved: { type: 'boolean', required: true } } });
    expect(asked).toMatchObject({
      prompt: 'Go on?',
      status: 'pending',
      assigned_to: null,
      response: null,
      timeout_at: null,
      responded_at: null,
    });
    await expect(respond(asked.id, { approved: 'maybe' })).rejects.toMatchObject({ status: 422 });
    await expect(respond(asked.id, 'yes')).rejects.toMatchObject({ status: 422 });
    await expect(respond(asked.id, {})).rejects.toMatchObject({ status: 422 });
    expect(await get(asked.id)).toEqual(asked);
    const answered = await respond(asked.id, { approved: true });
    expect(answered).toMatchObject({ status: 'responded', response: { approved: true } });
    expect(answered.responded_at).not.toBeNull();
    expect((await findInquiry(api.dataSource, asked.id))?.responded_by).toBe(me.id);
    await expect(respond(asked.id, { approved: false })).rejects.toMatchObject({ status: 400 });
    expect(await get(asked.id)).toEqual(answered);
  });

  it('take any answer without a schema, null too', async () => {
    for (const response of ['yes', 0, [1, 2], null]) {
      const { id } = await ask();
      expect(await respond(id, response)).toMatchObject({ status: 'responded', response });
      const { items } = await api.admin.call(operations.listInquiries, { query: { limit: 1 } });
      expect(items[0]).toMatchObject({ id, has_response: true });
    }
  });

  it('leave one of many answers that come at once', async () => {
    const { id } = await ask();
    const attempts = await Promise.allSettled([1, 2, 3, 4, 5].map((number) => respond(id, { number })));
    const accepted = attempts.filter(({ status }) => status === 'fulfilled');
    expect(accepted).toHaveLength(1);
    const [winner] = accepted;
    expect(await get(id)).toEqual(winner?.status === 'fulfilled' ? winner.value : null);
  });

  it('are refused after the deadline, and have timed out then', async () => {
    const asked = await ask({ timeout_at: new Date(Date.now() + 3_600_000).toISOString() });
    await execute(api.dataSource, sql`update inquiry as i set timeout_at = now() where i.id = ${asked.id}`);
    await expect(respond(asked.id, true)).rejects.toMatchObject({ status: 400 });
    expect(await get(asked.id)).toMatchObject({ status: 'timeout', response: null, responded_at: null });
    await expect(respond(asked.id, true)).rejects.toMatchObject({ status: 400 });
  });

  it('that are put to somebody are answered by nobody else, and by them without any grant', async () => {
    const asked = await createIdentity(api.platform, []);
    const client = api.withToken(asked.token);
    const { id } = await ask({ assigned_to: asked.id });
    await expect(respond(id, true)).rejects.toMatchObject({ status: 403 });
    await expect(respond(id, true, await api.withGrants([ANSWERS]))).rejects.toMatchObject({ status: 403 });
    await expect(get(id, await api.withGrants([]))).rejects.toMatchObject({ status: 403 });
    expect(await get(id, client)).toMatchObject({ status: 'pending' });
    expect(await respond(id, true, client)).toMatchObject({ status: 'responded' });
    const other = await ask();
    await expect(get(other.id, client)).rejects.toMatchObject({ status: 403 });
    await expect(respond(other.id, true, client)).rejects.toMatchObject({ status: 403 });
  });

  it('are answered with the right to respond, or to execute, within its constraints', async () => {
    const answer = async (grant: Grant) => respond((await ask()).id, true, await api.withGrants([grant]));
    await expect(answer(ANSWERS)).resolves.toBeDefined();
    await expect(answer({ resource: 'actions', actions: ['execute'] })).resolves.toBeDefined();
    const within = (pack: string): Grant => ({
      resource: 'actions',
      actions: ['execute'],
      constraints: { pack_refs: [pack] },
    });
    await expect(answer(within('demo'))).resolves.toBeDefined();
    await expect(answer(within('core'))).rejects.toMatchObject({ status: 403 });
    await expect(answer({ resource: 'inquiries', actions: ['read', 'update'] })).rejects.toMatchObject({ status: 403 });
  });

  it('are not answered by the execution that asks, nor by what it started', async () => {
    await execute(
      api.dataSource,
      sql`insert into permission_set (ref, grants) values ('test.answering', ${JSON.stringify([
        { resource: 'inquiries', actions: ['respond', 'create', 'update'] },
      ])}::jsonb)`,
    );
    const asking = await execution();
    const child = await execution({ parent: asking });
    const grandchild = await execution({ parent: child });
    const tokenOf = async (id: number) => api.withToken(await executionToken(api.platform, id, ['test.answering']));
    const { id } = await ask({ execution: asking }, await tokenOf(asking));
    for (const one of [asking, child, grandchild]) {
      const client = await tokenOf(one);
      await expect(respond(id, true, client)).rejects.toMatchObject({ status: 403 });
      await expect(update(id, { status: 'responded', response: true }, client)).rejects.toMatchObject({ status: 403 });
    }
    const stranger = await tokenOf(await execution());
    await expect(ask({ execution: asking }, stranger)).rejects.toMatchObject({ status: 403 });
    await expect(respond(id, true, stranger)).resolves.toMatchObject({ status: 'responded' });
  });

  it('are not answered by an execution for the person it runs as', async () => {
    const { id } = await ask({ assigned_to: 1 });
    const token = await executionToken(api.platform, await execution(), []);
    await expect(respond(id, true, api.withToken(token))).rejects.toMatchObject({ status: 403 });
  });

  it('are cancelled, passed on and answered by an update, and never changed after their end', async () => {
    const somebody = await createIdentity(api.platform, []);
    const asked = await ask();
    expect(await update(asked.id, { assigned_to: somebody.id })).toMatchObject({ assigned_to: somebody.id });
    await expect(update(asked.id, { status: 'responded', response: true })).rejects.toMatchObject({ status: 403 });
    await expect(update(asked.id, { status: 'responded' })).rejects.toMatchObject({ status: 400 });
    await expect(update(asked.id, { response: true })).rejects.toMatchObject({ status: 400 });
    await expect(update(asked.id, { assigned_to: 4711 })).rejects.toMatchObject({ status: 404 });
    expect(await update(asked.id, { status: 'cancelled' })).toMatchObject({ status: 'cancelled', responded_at: null });
    for (const change of [{ status: 'pending' }, { status: 'timeout' }, { assigned_to: 1 }]) {
      await expect(update(asked.id, change)).rejects.toMatchObject({ status: 400 });
    }
    expect(await update(asked.id, { status: 'cancelled' })).toMatchObject({ status: 'cancelled' });
    const mine = await ask();
    expect(await update(mine.id, { status: 'responded', response: { a: 1 } })).toMatchObject({
      status: 'responded',
      response: { a: 1 },
    });
    await expect(update(mine.id, { status: 'responded', response: { a: 2 } })).rejects.toMatchObject({ status: 400 });
  });

  it('are taken away', async () => {
    const { id } = await ask();
    await api.admin.call(operations.deleteInquiry, { params: { id } });
    await expect(get(id)).rejects.toMatchObject({ status: 404 });
    await expect(api.admin.call(operations.deleteInquiry, { params: { id } })).rejects.toMatchObject({ status: 404 });
  });

  it('are listed newest first, by status in both spellings, execution and person, in parts', async () => {
    await execute(api.dataSource, sql`delete from inquiry as i`);
    const asked = [await ask(), await ask(), await ask({ assigned_to: 1 })].map(({ id, execution }) => ({
      id,
      execution,
    }));
    const [first, second, third] = asked;
    await update(second!.id, { status: 'cancelled' });
    const list = async (query: object) => {
      const { items } = await api.admin.call(operations.listInquiries, { query });
      return items.map(({ id }) => id);
    };
    expect(await list({})).toEqual([third!.id, second!.id, first!.id]);
    expect(await list({ status: 'cancelled' })).toEqual([second!.id]);
    expect(await list({ execution: first!.execution })).toEqual([first!.id]);
    expect(await list({ assigned_to: 1 })).toEqual([third!.id]);
    const part = await api.admin.call(operations.listInquiries, { query: { offset: 1, limit: 1 } });
    expect(part.items.map(({ id }) => id)).toEqual([second!.id]);
    expect(part.pagination).toEqual({
      page: 2,
      page_size: 1,
      total_items: 3,
      total_pages: 3,
      has_previous: true,
      has_next: true,
    });
    for (const status of ['canceled', 'CANCELLED'] as const) {
      const page = await api.admin.call(operations.listInquiriesByStatus, { params: { status: status as 'canceled' } });
      expect(page.items.map(({ id }) => id)).toEqual([second!.id]);
    }
    const ofOne = { params: { execution_id: third!.execution } };
    expect((await api.admin.call(operations.listExecutionInquiries, ofOne)).items).toHaveLength(1);
    await expect(
      api.admin.call(operations.listExecutionInquiries, { params: { execution_id: 4096 } }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('are listed within the constraints of a grant, with those put to the caller', async () => {
    await execute(api.dataSource, sql`delete from inquiry as i`);
    const reader = await createIdentity(api.platform, [
      { resource: 'executions', actions: ['read'], constraints: { pack_refs: ['demo'] } },
    ]);
    const demo = await ask();
    await ask({ execution: await execution({ action_ref: 'core.echo' }) });
    const mine = await ask({ execution: await execution({ action_ref: 'core.echo' }), assigned_to: reader.id });
    const { items } = await api.withToken(reader.token).call(operations.listInquiries);
    expect(items.map(({ id }) => id)).toEqual([mine.id, demo.id]);
    await expect((await api.withGrants([])).call(operations.listInquiries)).rejects.toMatchObject({ status: 403 });
  });

  it.each([
    ['an unknown execution', { execution: 4096 }, 404],
    ['an unknown person', { assigned_to: 4711 }, 404],
    ['no question', { prompt: '' }, 422],
    ['a schema that is no object', { response_schema: [1] }, 422],
    ['a schema that is none', { response_schema: { a: { type: 'nothing' } } }, 422],
    ['a schema with a secret', { response_schema: { a: { type: 'string', secret: true } } }, 422],
  ])('refuse %s', async (_case, wrong, status) => {
    await expect(ask(wrong)).rejects.toMatchObject({ status });
  });

  it('are one at most for each execution', async () => {
    const { execution: asking } = await ask();
    await expect(ask({ execution: asking })).rejects.toMatchObject({ status: 409 });
  });

  it('are announced when they are asked and however they end', async () => {
    const heard: { channel: string; id: number; status: string }[] = [];
    const runner = api.dataSource.createQueryRunner();
    const client = (await runner.connect()) as {
      query(text: string): Promise<unknown>;
      on(event: 'notification', handler: (message: { channel: string; payload: string }) => void): void;
    };
    client.on('notification', ({ channel, payload }) => {
      for (const { id, status } of JSON.parse(payload) as { id: number; status: string }[]) {
        heard.push({ channel, id, status });
      }
    });
    await client.query('listen inquiry_created');
    await client.query('listen inquiry_responded');
    const { id } = await ask();
    await respond(id, true);
    await client.query('select 1');
    expect(heard).toEqual([
      { channel: 'inquiry_created', id, status: 'pending' },
      { channel: 'inquiry_responded', id, status: 'responded' },
    ]);
    await client.query('unlisten *');
    await runner.release();
  });
});
