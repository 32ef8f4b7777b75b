import { operations } from '@attune/contract';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

describe('sensors', () => {
  let api: TestApi;

  const body = {
    ref: 'demo.watch',
    pack_ref: 'demo',
    label: 'Watch',
    entrypoint: 'watch.py',
    runtime_ref: 'core.python',
    trigger_ref: 'demo.called',
  };
  const params = { ref: body.ref };

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    const trigger = { ref: 'demo.other', pack_ref: 'demo', label: 'Other' };
    await api.admin.call(operations.createTrigger, { body: trigger });
    await api.admin.call(operations.createSensor, { body });
  });
  afterAll(() => api.close());

  const create = (changes: object = {}) =>
    api.admin.call(operations.createSensor, {
      body: { ...body, ref: 'demo.second', trigger_ref: 'demo.other', ...changes },
    });

  it('are enabled when nothing else is said, and produce their trigger', async () => {
    const sensor = await api.admin.call(operations.getSensor, { params });
    expect(sensor).toMatchObject({
      ref: 'demo.watch',
      pack_ref: 'demo',
      entrypoint: 'watch.py',
      runtime_ref: 'core.python',
      enabled: true,
      param_schema: null,
      worker_selector: {},
      worker_tolerations: [],
      worker_affinity: {},
    });
    expect(sensor).not.toHaveProperty('log_retention_limit');
    const trigger = await api.admin.call(operations.getTrigger, { params: { ref: 'demo.called' } });
    expect(trigger).toMatchObject({ sensor: sensor.id, sensor_ref: 'demo.watch' });
  });

  it('are listed for their trigger, their pack, and when they are enabled', async () => {
    const second = await create({ enabled: false });
    const refs = ({ items }: { items: readonly { ref: string }[] }) => items.map(({ ref }) => ref);
    const ofTrigger = async (ref: string) =>
      refs(await api.admin.call(operations.listTriggerSensors, { params: { trigger_ref: ref } }));
    expect(await ofTrigger('demo.called')).toEqual(['demo.watch']);
    expect(await ofTrigger('demo.other')).toEqual(['demo.second']);
    await expect(ofTrigger('demo.nothing')).rejects.toMatchObject({ status: 404 });
    const ofPack = await api.admin.call(operations.listPackSensors, { params: { pack_ref: 'demo' } });
    expect(refs(ofPack)).toEqual(['demo.second', 'demo.watch']);
    expect(refs(await api.admin.call(operations.listSensors))).toEqual(
      expect.arrayContaining(['demo.second', 'demo.watch']),
    );
    const enabled = async () => refs(await api.admin.call(operations.listEnabledSensors));
    expect(await enabled()).not.toContain('demo.second');
    const on = await api.admin.call(operations.enableSensor, { params: { ref: second.ref } });
    expect(on.enabled).toBe(true);
    expect(await enabled()).toContain('demo.second');
    const off = await api.admin.call(operations.disableSensor, { params: { ref: second.ref } });
    expect(off.enabled).toBe(false);
    await api.admin.call(operations.deleteSensor, { params: { ref: second.ref } });
    expect(await ofTrigger('demo.other')).toEqual([]);
    await expect(api.admin.call(operations.getSensor, { params: { ref: second.ref } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('change field by field, and are emptied only on demand', async () => {
    const update = (changes: object) => api.admin.call(operations.updateSensor, { params, body: changes });
    const full = await update({
      label: 'Watcher',
      param_schema: { op: 'set', value: { level: { type: 'integer' } } },
      worker_selector: { zone: 'a' },
      worker_tolerations: [{ key: 'gpu', operator: 'exists' }],
      log_retention_policy: { op: 'set', value: 'days' },
      log_retention_limit: { op: 'set', value: 3 },
    });
    expect(full).toMatchObject({ label: 'Watcher', log_retention_policy: 'days', log_retention_limit: 3 });
    const kept = await update({ description: 'Looks around', label: null });
    expect(kept).toMatchObject({ ...full, description: 'Looks around', updated: kept.updated });
    const cleared = await update({
      param_schema: { op: 'clear' },
      worker_tolerations: [],
      log_retention_policy: { op: 'clear' },
      log_retention_limit: { op: 'clear' },
    });
    expect(cleared).toMatchObject({ param_schema: null, worker_tolerations: [], worker_selector: { zone: 'a' } });
    expect(cleared).not.toHaveProperty('log_retention_policy');
    await expect(update({ param_schema: { op: 'set', value: [1] } })).rejects.toMatchObject({ status: 422 });
    await expect(update({ worker_affinity: { preferred: [{ weight: 101, preference: {} }] } })).rejects.toMatchObject({
      status: 400,
    });
  });

  it.each([
    ['an unknown pack', { pack_ref: 'nothing' }, 404],
    ['an unknown runtime', { runtime_ref: 'no.runtime' }, 404],
    ['an unknown trigger', { trigger_ref: 'no.trigger' }, 404],
    ['a ref that is taken', { ref: 'demo.watch' }, 409],
    ['a trigger that another sensor produces', { trigger_ref: 'demo.called' }, 409],
    ['a ref of one part', { ref: 'watch' }, 422],
    ['capitals in a ref', { ref: 'demo.Watch' }, 422],
    ['a retention of nothing', { log_retention_limit: 0 }, 422],
    ['a schema that is none', { param_schema: { a: { type: 'nothing' } } }, 422],
    ['a weight beyond all', { worker_affinity: { preferred: [{ weight: 101, preference: {} }] } }, 400],
  ])('refuse %s', async (_case, wrong, status) => {
    await expect(create(wrong)).rejects.toMatchObject({ status });
  });

  it('need the rights about triggers, on their own pack and on that of the trigger', async () => {
    const reader = await api.withGrants([{ resource: 'triggers', actions: ['read'] }]);
    await expect(reader.call(operations.getSensor, { params })).resolves.toBeDefined();
    for (const write of [
      reader.call(operations.createSensor, { body: { ...body, ref: 'demo.x', trigger_ref: 'demo.other' } }),
      reader.call(operations.updateSensor, { params, body: {} }),
      reader.call(operations.disableSensor, { params }),
      reader.call(operations.deleteSensor, { params }),
    ]) {
      await expect(write).rejects.toMatchObject({ status: 403 });
    }
    const narrow = await api.withGrants([
      { resource: 'triggers', actions: ['read', 'create'], constraints: { pack_refs: ['demo'] } },
    ]);
    const foreign = { ...body, ref: 'demo.x', trigger_ref: 'core.alert' };
    await expect(narrow.call(operations.createSensor, { body: foreign })).rejects.toMatchObject({ status: 403 });
    const elsewhere = await api.withGrants([
      { resource: 'triggers', actions: ['read'], constraints: { pack_refs: ['core'] } },
    ]);
    await expect(elsewhere.call(operations.getSensor, { params })).rejects.toMatchObject({ status: 403 });
    const seen = await elsewhere.call(operations.listTriggerSensors, { params: { trigger_ref: 'demo.called' } });
    expect(seen.items).toEqual([]);
  });
});
