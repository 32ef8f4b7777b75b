import { PermissionSetEntity, run, sql } from '@attune/common';
import { type ApiClient, operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { executionToken, sensorToken } from '../../spec/tokens.js';

describe('events', () => {
  let api: TestApi;
  let sensor: ApiClient;
  let ruleId: number;

  beforeAll(async () => {
    api = await startTestApi();
    const { rule } = await createDemo(api.admin);
    ruleId = rule.id;
    sensor = api.withToken(await sensorToken(api.platform, 'demo.sensor', ['demo.called']));
  });
  afterAll(() => api.close());

  const create = (client: ApiClient, body: object = {}) =>
    client.call(operations.createEvent, { body: { trigger_ref: 'demo.called', payload: { n: 1 }, ...body } });

  it('of a sensor are stored with the message that has them processed', async () => {
    const event = await create(sensor, { config: { a: 1 } });
    expect(event).toMatchObject({
      trigger_ref: 'demo.called',
      payload: { n: 1 },
      config: { a: 1 },
      source: null,
      source_ref: 'demo.sensor',
      rule: null,
    });
    const [message] = await run<{ topic: string }>(
      api.dataSource,
      sql`select m.topic from outbox_message as m where m.payload = jsonb_build_object('event_id', ${event.id}::bigint)`,
    );
    expect(message?.topic).toBe('event.created');
    expect(await api.admin.call(operations.getEvent, { params: { id: event.id } })).toEqual(event);
  });

  it('may name their trigger by the older name', async () => {
    const token = await sensorToken(api.platform, 'demo.sensor', ['demo.called']);
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/v1/events',
      headers: { authorization: `Bearer ${token}` },
      payload: { trigger_type: 'demo.called' },
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ data: { trigger_ref: 'demo.called', payload: null, config: null } });
  });

  it('for one rule name it, and are refused for a rule of another trigger', async () => {
    const event = await create(sensor, { trigger_instance_id: `rule_${ruleId}` });
    expect(event).toMatchObject({ rule: ruleId, rule_ref: 'demo.on-call' });
    for (const id of ['rule_999999', 'rule_1']) {
      await expect(create(sensor, { trigger_instance_id: id })).rejects.toMatchObject({ status: 404 });
    }
    expect(await create(sensor, { trigger_instance_id: 'something else' })).toMatchObject({ rule: null });
  });

  it('may come many at a time, in order, each for its own trigger or rule', async () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ trigger_ref: 'demo.called', payload: { n } }));
    const { ids } = await sensor.call(operations.createEvents, {
      body: { events: [...many, { trigger_ref: 'demo.called', trigger_instance_id: `rule_${ruleId}` }] },
    });
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    const read = (id: number | undefined) => api.admin.call(operations.getEvent, { params: { id: id ?? 0 } });
    expect(await read(ids[299])).toMatchObject({ payload: { n: 299 }, source_ref: 'demo.sensor', rule: null });
    expect(await read(ids[300])).toMatchObject({ payload: null, rule: ruleId });
    const [messages] = await run<{ count: number }>(
      api.dataSource,
      sql`select count(*)::int as count from outbox_message as m
          where m.topic = 'event.created' and (m.payload ->> 'event_id')::bigint = any(${ids}::bigint[])`,
    );
    expect(messages?.count).toBe(301);
  });

  it('that come together are all recorded or none', async () => {
    const count = async () => {
      const [row] = await run<{ count: number }>(
        api.dataSource,
        sql`select count(*)::int as count from event as e where e.created > now() - interval '1 day'`,
      );
      return row?.count;
    };
    const before = await count();
    const good = { trigger_ref: 'demo.called' };
    const send = (events: object[]) => sensor.call(operations.createEvents, { body: { events: events as never } });
    await expect(send([good, { trigger_ref: 'core.alert' }])).rejects.toMatchObject({ status: 403 });
    await expect(send([good, { ...good, trigger_instance_id: 'rule_999999' }])).rejects.toMatchObject({ status: 404 });
    await expect(send([good, { ...good, config: 1 }])).rejects.toMatchObject({ status: 422 });
    await expect(send([])).rejects.toMatchObject({ status: 422 });
    await expect(send(Array.from({ length: 1_001 }, () => good))).rejects.toMatchObject({ status: 422 });
    await expect(api.admin.call(operations.createEvents, { body: { events: [good] } })).rejects.toMatchObject({
      status: 403,
    });
    expect(await count()).toBe(before);
  });

  it('come neither from people nor for triggers of others', async () => {
    await expect(create(api.admin)).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
    await expect(create(sensor, { trigger_ref: 'core.alert' })).rejects.toMatchObject({ status: 403 });
    await expect(create(api.anonymous)).rejects.toMatchObject({ status: 401 });
    const unknown = api.withToken(await sensorToken(api.platform, 'demo.sensor', ['no.trigger']));
    await expect(create(unknown, { trigger_ref: 'no.trigger' })).rejects.toMatchObject({ status: 404 });
  });

  it('of an execution need a grant of one of its permission sets', async () => {
    const { id } = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
    const set = { ref: 'demo.eventful', grants: [{ resource: 'events', actions: ['create'] }] };
    await api.dataSource.manager.save(Object.assign(new PermissionSetEntity(), set));
    const client = async (sets: string[]) => api.withToken(await executionToken(api.platform, id, sets));
    expect(await create(await client(['demo.eventful', 'standard']))).toMatchObject({ source_ref: `execution:${id}` });
    for (const sets of [[], ['core.viewer'], ['demo.eventful', 'no.longer']]) {
      await expect(create(await client(sets))).rejects.toMatchObject({ status: 403 });
    }
    await api.admin.call(operations.cancelExecution, { params: { id } });
    await expect(create(await client(['demo.eventful']))).rejects.toMatchObject({ status: 401 });
  });

  it('are listed newest first, by filters and by pages', async () => {
    const ids: number[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await create(sensor, { payload: null })).id);
    const list = (query: object) => api.admin.call(operations.listEvents, { query });
    const first = await list({ per_page: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.items[0]).toMatchObject({ has_payload: false });
    expect(first.pagination).toEqual({ page: 1, page_size: 2, has_previous: false, has_next: true });
    const second = await list({ per_page: 2, page: 2, include_total: true });
    expect(second.items[0]?.id).toBe(ids[2]);
    expect(second.pagination.total_items).toBeGreaterThan(3);
    expect((await list({ trigger_ref: 'demo.*' })).items.length).toBeGreaterThan(2);
    expect((await list({ trigger_ref: 'demo' })).items).toEqual([]);
    expect((await list({ rule_ref: 'demo.on-*' })).items.length).toBe(2);
  });

  it('are listed as far as a grant reaches', async () => {
    const listed = async (constraints: object) => {
      const client = await api.withGrants([{ resource: 'triggers', actions: ['read'], constraints }]);
      const page = await client.call(operations.listEvents, { query: { include_total: true, per_page: 1000 } });
      expect(page.pagination.total_items).toBe(page.items.length);
      return page.items.length;
    };
    const all = await api.admin.call(operations.listEvents, { query: { per_page: 1000 } });
    expect(await listed({ refs: ['demo.called'] })).toBe(all.items.length);
    expect(await listed({ pack_refs: ['demo'] })).toBe(all.items.length);
    expect(await listed({ pack_refs: ['dem'], refs: ['demo.called'] })).toBe(0);
    expect(await listed({ owner: 'self' })).toBe(0);
  });

  it('are not there for unknown ids', async () => {
    for (const id of [0, -1, 1, 4_503_599_627_370_495, Number.MAX_SAFE_INTEGER]) {
      await expect(api.admin.call(operations.getEvent, { params: { id } })).rejects.toMatchObject({ status: 404 });
    }
  });

  it('let a sensor see the rules it works for, and nothing else', async () => {
    const rules = await sensor.call(operations.listTriggerRules, { params: { trigger_ref: 'demo.called' } });
    expect(rules.items).toMatchObject([{ ref: 'demo.on-call' }]);
    await expect(
      sensor.call(operations.listTriggerRules, { params: { trigger_ref: 'core.alert' } }),
    ).rejects.toMatchObject({ status: 403 });
    await expect(sensor.call(operations.listRules)).rejects.toMatchObject({ status: 403 });
    await expect(sensor.call(operations.listEvents)).rejects.toMatchObject({ status: 403 });
  });
});
