import { findRule, openValues, SecretBox } from '@attune/common';
import { operations } from '@attune/contract';
import { createDemo, ruleBody } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { bootstrap } from '../bootstrap/bootstrap.js';

const SECRET = 'hunter2-of-the-rule';
const HIDDEN = { $attune_secret: true, redacted: true };

describe('secrets in the parameters of a rule', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  let count = 0;
  const create = (action_params: object) =>
    api.admin.call(operations.createRule, {
      body: { ...ruleBody('demo', `secret-${(count += 1)}`), action_params: action_params },
    });
  const update = (ref: string, body: object) => api.admin.call(operations.updateRule, { params: { ref }, body });
  const stored = async (ref: string) => {
    const { action_params } = (await findRule(api.dataSource, ref))!;
    expect(JSON.stringify(action_params)).not.toContain(SECRET);
    return openValues(new SecretBox(api.platform.config.security.encryptionKey), action_params);
  };

  it('are stored encrypted and never shown, neither alone nor in lists', async () => {
    const created = await create({ name: 'Ada', token: SECRET });
    expect(created.action_params).toEqual({ name: 'Ada', token: HIDDEN });
    expect(await api.admin.call(operations.getRule, { params: { ref: created.ref } })).toEqual(created);
    expect(JSON.stringify(await api.admin.call(operations.listRules))).not.toMatch(/hunter2|sealed/);
    expect(await stored(created.ref)).toEqual({ name: 'Ada', token: SECRET });
  });

  it('stay readable where they are templates', async () => {
    const params = { name: 'Ada', token: '{{ pack.config.token }}' };
    expect((await create(params)).action_params).toEqual(params);
  });

  it('are kept when what was shown is sent back, and checked as what they are', async () => {
    const { ref, action_params } = await create({ name: 'Ada', token: SECRET });
    const changed = await update(ref, { action_params: { ...(action_params as object), name: 'Eve' } });
    expect(changed.action_params).toEqual({ name: 'Eve', token: HIDDEN });
    expect(await stored(ref)).toEqual({ name: 'Eve', token: SECRET });
    expect((await update(ref, { label: 'Other' })).action_params).toEqual(changed.action_params);
    await expect(update(ref, { action_params: { name: HIDDEN } })).rejects.toMatchObject({ status: 422 });
    const wrong = { ...(action_params as object), times: 'many' };
    await expect(update(ref, { action_params: wrong })).rejects.toMatchObject({ status: 422 });
    await expect(create({ name: 'Ada', token: HIDDEN })).rejects.toMatchObject({ status: 422 });
    expect(await stored(ref)).toEqual({ name: 'Eve', token: SECRET });
  });

  it('do not go along when the rule moves to another action, whose author might look at them', async () => {
    await api.admin.call(operations.createAction, {
      body: {
        ref: 'demo.tell',
        pack_ref: 'demo',
        label: 'Tell',
        entrypoint: 'true',
        param_schema: { name: { type: 'string' }, token: { type: 'string' } },
      },
    });
    const { ref } = await create({ name: 'Ada', token: SECRET });
    for (const kept of [{}, { action_params: { name: 'Ada', token: HIDDEN } }]) {
      await expect(update(ref, { action_ref: 'demo.tell', ...kept })).rejects.toMatchObject({ status: 422 });
    }
    expect(await stored(ref)).toEqual({ name: 'Ada', token: SECRET });
    const moved = await update(ref, { action_ref: 'demo.tell', action_params: { name: 'Ada', token: 'another' } });
    expect(moved.action_params).toEqual({ name: 'Ada', token: 'another' });
  });

  it('that a pack brought along in plain text are sealed at the next start', async () => {
    const { ref } = await create({ name: 'Ada' });
    const plain = JSON.stringify({ name: 'Ada', token: SECRET });
    await api.dataSource.query('update rule set action_params = $1::jsonb where ref = $2', [plain, ref]);
    await bootstrap(api.platform);
    expect(await stored(ref)).toEqual({ name: 'Ada', token: SECRET });
  });
});
