import { IdentityEntity, TokenSigner, TriggerEntity } from '@attune/common';
import { type ApiClient, operations } from '@attune/contract';
import { createDemo } from '../../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../../spec/test-api.js';

describe('tokens of sensors', () => {
  let api: TestApi;
  let signer: TokenSigner;
  let worker: ApiClient;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    await createDemo(api.admin, 'other');
    signer = new TokenSigner(api.platform.config.security.jwtSecret);
    worker = api.withToken(
      await signer.sign({
        identityId: 1,
        login: 'worker:1',
        type: 'worker',
        scope: 'internal_files',
        lifetimeSeconds: 60,
      }),
    );
  });
  afterAll(() => api.close());

  const SENSOR = { sensor_ref: 'demo.sensor', trigger_types: ['demo.called'] };
  const issue = (client: ApiClient, body = SENSOR) => client.call(operations.createInternalSensorToken, { body });
  const renew = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode: status, payload } = await api.app.inject({ method: 'POST', url: '/auth/refresh', headers });
    return { status, body: JSON.parse(payload) as { data: { token: string; expires_at: string } } };
  };
  const lifetimeOf = (expiresAt: string) => (Date.parse(expiresAt) - Date.now()) / 1000;

  it('come from sensor hosts, and are good for events of their triggers alone', async () => {
    const issued = await issue(worker);
    expect(issued).toMatchObject({ sensor_ref: 'demo.sensor', trigger_types: ['demo.called'] });
    expect(issued.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect(lifetimeOf(issued.expires_at)).toBeGreaterThan(86_390);
    const identity = await api.dataSource.getRepository(IdentityEntity).findOneByOrFail({ id: issued.identity_id });
    expect(identity).toMatchObject({ login: 'sensor:demo.sensor', password_hash: null });
    expect((await issue(worker)).identity_id).toBe(issued.identity_id);

    const sensor = api.withToken(issued.token);
    await expect(sensor.call(operations.createEvent, { body: { trigger_ref: 'demo.called' } })).resolves.toBeDefined();
    await expect(sensor.call(operations.createEvent, { body: { trigger_ref: 'other.called' } })).rejects.toMatchObject({
      status: 403,
    });
    await expect(sensor.call(operations.listRules)).rejects.toMatchObject({ status: 403 });
    await expect(issue(sensor)).rejects.toMatchObject({ status: 403 });
    await expect(sensor.call(operations.createSensorToken, { body: SENSOR })).rejects.toMatchObject({ status: 403 });
  });

  it('come from nobody else by the inner way', async () => {
    await expect(issue(api.anonymous)).rejects.toMatchObject({ status: 401 });
    await expect(issue(api.admin)).rejects.toMatchObject({ status: 403 });
  });

  it('come from people who may change all of the triggers', async () => {
    const create = (client: ApiClient, trigger_types: string[]) =>
      client.call(operations.createSensorToken, { body: { sensor_ref: 'demo.mine', trigger_types } });
    const mine = await api.withGrants([
      { resource: 'triggers', actions: ['update'], constraints: { pack_refs: ['demo'] } },
    ]);
    await expect(create(mine, ['demo.called'])).resolves.toMatchObject({ sensor_ref: 'demo.mine' });
    await expect(create(mine, ['demo.called', 'other.called'])).rejects.toMatchObject({ status: 403 });
    await expect(create(await api.withGrants([]), ['demo.called'])).rejects.toMatchObject({ status: 403 });
    await expect(create(worker, ['demo.called', 'other.called'])).resolves.toBeDefined();
  });

  it.each<[string, object]>([
    ['no trigger', { trigger_types: [] }],
    ['a trigger that is not there', { trigger_types: ['demo.called', 'demo.none'] }],
    ['a life too short', { ttl_seconds: 3_599 }],
    ['a life too long', { ttl_seconds: 259_201 }],
    ['a ref that is none', { sensor_ref: 'Demo' }],
  ])('are not made for %s', async (_case, more) => {
    await expect(issue(worker, { ...SENSOR, ...more })).rejects.toMatchObject({ status: 422 });
  });

  it('are not made for the trigger of another sensor', async () => {
    await api.dataSource.getRepository(TriggerEntity).update({ ref: 'other.called' }, { sensor_ref: 'other.sensor' });
    const body = { sensor_ref: 'demo.sensor', trigger_types: ['other.called'] };
    await expect(issue(worker, body)).rejects.toMatchObject({ status: 422 });
    await expect(issue(worker, { ...body, sensor_ref: 'other.sensor' })).resolves.toBeDefined();
    await api.dataSource.getRepository(TriggerEntity).update({ ref: 'other.called' }, { sensor_ref: null });
  });

  it('are not made for somebody who took the name before, or was frozen', async () => {
    const identities = api.dataSource.getRepository(IdentityEntity);
    await identities.save({ login: 'sensor:demo.taken', password_hash: 'x' });
    await expect(issue(worker, { ...SENSOR, sensor_ref: 'demo.taken' })).rejects.toMatchObject({ status: 422 });
    await identities.save({ login: 'sensor:demo.frozen', frozen: true });
    await expect(issue(worker, { ...SENSOR, sensor_ref: 'demo.frozen' })).rejects.toMatchObject({ status: 403 });
  });

  it('are renewed by themselves, for as long again', async () => {
    const { token } = await issue(worker, { ...SENSOR, ttl_seconds: 7_200 } as typeof SENSOR);
    const { status, body } = await renew(token);
    expect(status).toBe(200);
    expect(Object.keys(body.data).sort()).toEqual(['expires_at', 'token']);
    expect(body.data.expires_at).toMatch(/\+00:00$/);
    expect(lifetimeOf(body.data.expires_at)).toBeGreaterThan(7_190);
    expect(lifetimeOf(body.data.expires_at)).toBeLessThan(7_201);
    const sensor = api.withToken(body.data.token);
    await expect(sensor.call(operations.createEvent, { body: { trigger_ref: 'demo.called' } })).resolves.toBeDefined();
    expect((await renew(body.data.token)).status).toBe(200);
  });

  it('are renewed for what is still there, and not for anybody else', async () => {
    const create = { body: { ref: 'demo.brief', pack_ref: 'demo', label: 'Brief' } };
    await api.admin.call(operations.createTrigger, create);
    const both = await issue(worker, { sensor_ref: 'demo.sensor', trigger_types: ['demo.brief', 'demo.called'] });
    const one = await issue(worker, { sensor_ref: 'demo.sensor', trigger_types: ['demo.brief'] });
    await api.admin.call(operations.deleteTrigger, { params: { ref: 'demo.brief' } });
    const { body } = await renew(both.token);
    const verdict = await signer.verify(body.data.token);
    expect(verdict).toMatchObject({ claims: { metadata: { trigger_types: ['demo.called'] }, login: 'demo.sensor' } });
    expect((await renew(one.token)).status).toBe(403);

    const forPeople = await signer.sign({ identityId: 2, login: 'admin', type: 'access', lifetimeSeconds: 60 });
    expect((await renew(forPeople)).status).toBe(401);
    const sensorClaims = {
      login: 'demo.sensor',
      type: 'sensor',
      scope: 'sensor',
      metadata: { trigger_types: ['demo.called'] },
    } as const;
    const expired = await signer.sign({ ...sensorClaims, identityId: both.identity_id, lifetimeSeconds: -120 });
    expect((await renew(expired)).status).toBe(401);
    const gone = await signer.sign({ ...sensorClaims, identityId: 999_999, lifetimeSeconds: 60 });
    expect((await renew(gone)).status).toBe(401);
    await api.dataSource.getRepository(IdentityEntity).update(both.identity_id, { frozen: true });
    expect((await renew(both.token)).status).toBe(403);
    await api.dataSource.getRepository(IdentityEntity).update(both.identity_id, { frozen: false });
  });
});
