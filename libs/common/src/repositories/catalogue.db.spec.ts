import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { sql } from '../database/sql.js';
import { ActionEntity } from '../entities/action.entity.js';
import { IdentityEntity } from '../entities/identity.entity.js';
import { PackEntity } from '../entities/pack.entity.js';
import { PermissionSetEntity } from '../entities/permission-set.entity.js';
import { RuleEntity } from '../entities/rule.entity.js';
import { TriggerEntity } from '../entities/trigger.entity.js';
import { findAction, listActions } from './actions.repository.js';
import { insertExecutions, moveExecutions } from './executions.repository.js';
import { findIdentityByLogin, SYSTEM_IDENTITY_ID } from './identities.repository.js';
import { findPack, listPacks } from './packs.repository.js';
import { assignPermissionSet, listGrants } from './permissions.repository.js';
import { listRules } from './rules.repository.js';
import { deleteRow, insertRow, updateRow } from './rows.js';
import {
  disableWebhook,
  enableWebhook,
  findTriggerByWebhookKey,
  listTriggers,
  replaceWebhookKey,
} from './triggers.repository.js';
import {
  deactivateStaleWorkers,
  findWorker,
  listWorkers,
  listWorkersForScheduling,
  recordHeartbeat,
  registerWorker,
  setWorkerStatus,
} from './workers.repository.js';

describe('the catalogue', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let pack: PackEntity;
  let action: ActionEntity;
  let trigger: TriggerEntity;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await createDataSource({ url: database.url }).initialize();
    pack = await insertRow(dataSource, PackEntity, {
      ref: 'demo',
      label: 'Demo',
      version: '1.0.0',
      config: { site: 'a' },
    });
    action = await insertRow(dataSource, ActionEntity, {
      ref: 'demo.run',
      pack: pack.id,
      pack_ref: pack.ref,
      label: 'Run',
      entrypoint: 'run.sh',
      default_execution_permission_set_refs: ['core.viewer'],
    });
    trigger = await insertRow(dataSource, TriggerEntity, {
      ref: 'demo.seen',
      pack: pack.id,
      pack_ref: pack.ref,
      label: 'Seen',
    });
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const first = { limit: 10, offset: 0 };

  it('gives back what was stored, with the defaults of the database', async () => {
    expect(pack).toMatchObject({ enabled: true, tags: [], config: { site: 'a' } });
    expect(typeof pack.id).toBe('number');
    expect(await findPack(dataSource, 'demo')).toEqual(pack);
    expect(await findPack(dataSource, 'other')).toBeNull();
    expect(await findAction(dataSource, 'demo.run')).toMatchObject({
      parameter_format: 'json',
      worker_tolerations: [],
      default_execution_permission_set_refs: ['core.viewer'],
    });
  });

  it('changes what is given, clears with null, keeps the rest', async () => {
    const row = await insertRow(dataSource, PackEntity, { ref: 'zz', label: 'Z', version: '1.0.0', description: 'd' });
    const changed = await updateRow(dataSource, PackEntity, row.id, { label: 'ZZ', description: null });
    expect(changed).toMatchObject({ label: 'ZZ', description: null, version: '1.0.0' });
    expect(changed?.updated.getTime()).toBeGreaterThan(row.updated.getTime());
    expect(await updateRow(dataSource, PackEntity, row.id, {})).toEqual(changed);
    expect(await updateRow(dataSource, PackEntity, 999, { label: 'x' })).toBeNull();
    expect(await deleteRow(dataSource, PackEntity, row.id)).toBe(true);
    expect(await deleteRow(dataSource, PackEntity, row.id)).toBe(false);
  });

  it('pages and counts', async () => {
    for (const ref of ['b1', 'a1']) await insertRow(dataSource, PackEntity, { ref, label: ref, version: '1.0.0' });
    expect(await listPacks(dataSource, {}, { limit: 2, offset: 1 })).toMatchObject({
      rows: [{ ref: 'b1' }, { ref: 'demo' }],
      total: 3,
    });
    expect(await listPacks(dataSource, {}, { limit: 2, offset: 100 })).toEqual({ rows: [], total: 3 });
    const visible = sql`p.ref like ${'_1'} and p.id = any(${[...Array(100).keys()]}::bigint[])`;
    expect(await listPacks(dataSource, { visible }, { limit: 1, offset: 1 })).toMatchObject({
      rows: [{ ref: 'b1', config: {}, tags: [] }],
      total: 2,
    });
    expect(await listPacks(dataSource, { visible }, { limit: 1, offset: 2 })).toEqual({ rows: [], total: 2 });
    expect((await listActions(dataSource, { pack_ref: 'demo', enabled: undefined }, first)).total).toBe(1);
    expect((await listActions(dataSource, { enabled: false }, first)).total).toBe(0);
    expect((await listTriggers(dataSource, { pack_ref: 'demo', enabled: true }, first)).total).toBe(1);
  });

  it('turns a webhook on, keeps its key, replaces it, and forgets it', async () => {
    const key = (digit: string) => `wh_${digit.repeat(32)}`;
    expect(await replaceWebhookKey(dataSource, 'demo.seen', key('0'))).toBe(false);
    expect(await enableWebhook(dataSource, 'demo.seen', key('1'))).toBe(key('1'));
    expect(await enableWebhook(dataSource, 'demo.seen', key('2'))).toBe(key('1'));
    expect(await enableWebhook(dataSource, 'demo.none', key('2'))).toBeNull();
    expect(await replaceWebhookKey(dataSource, 'demo.seen', key('3'))).toBe(true);
    expect(await findTriggerByWebhookKey(dataSource, key('1'))).toBeNull();
    expect((await findTriggerByWebhookKey(dataSource, key('3')))?.id).toBe(trigger.id);
    expect(await disableWebhook(dataSource, 'demo.seen')).toBe(true);
    expect(await findTriggerByWebhookKey(dataSource, key('3'))).toBeNull();
  });

  it('lists the enabled rules of a trigger, whatever has become of their actions', async () => {
    const rule = (ref: string, more: Partial<RuleEntity> = {}) =>
      insertRow(dataSource, RuleEntity, {
        ref,
        pack: pack.id,
        pack_ref: pack.ref,
        label: ref,
        action: action.id,
        action_ref: action.ref,
        trigger: trigger.id,
        trigger_ref: trigger.ref,
        ...more,
      });
    await rule('demo.on', { conditions: [{ field: 'a', operator: 'exists' }], permission_set_refs: [] });
    await rule('demo.off', { enabled: false });
    await rule('demo.lost', { action: null });
    expect(await updateRow(dataSource, TriggerEntity, trigger.id, { enabled: false })).toMatchObject({
      enabled: false,
    });
    expect((await listRules(dataSource, { trigger_ref: 'demo.seen', enabled: true }, first)).total).toBe(2);
  });

  it('unites the grants an identity has by assignment and by role, each set once', async () => {
    const grant = (resource: string) => ({ resource, actions: ['read'] });
    const set = (ref: string, ...resources: string[]) =>
      insertRow(dataSource, PermissionSetEntity, { ref, grants: resources.map(grant) });
    const direct = await set('demo.direct', 'packs', 'rules');
    const byRole = await set('demo.role', 'keys');
    await set('demo.unused', 'workers');
    const ada = await insertRow(dataSource, IdentityEntity, { login: 'ada' });
    await assignPermissionSet(dataSource, ada.id, direct.id);
    await assignPermissionSet(dataSource, ada.id, direct.id);
    await dataSource.query(`insert into identity_role_assignment (identity_id, role) values ($1, 'ops')`, [ada.id]);
    await dataSource.query(
      `insert into permission_set_role_assignment (permission_set_id, role) values ($1, 'ops'), ($2, 'ops')`,
      [direct.id, byRole.id],
    );
    expect(await listGrants(dataSource, ada.id)).toEqual([grant('packs'), grant('rules'), grant('keys')]);
    expect(await listGrants(dataSource, 12_345)).toEqual([]);
    expect(await findIdentityByLogin(dataSource, 'system')).toMatchObject({ id: SYSTEM_IDENTITY_ID });
  });

  describe('workers', () => {
    const register = (name: string) =>
      registerWorker(dataSource, {
        name,
        worker_role: 'action',
        capabilities: { max_concurrent_executions: 2 },
        labels: { zone: 'a' },
      });

    it('a restarted worker is the same worker, and stays cordoned', async () => {
      const id = await register('same');
      await dataSource.query(`update worker set cordoned = true where id = $1`, [id]);
      await setWorkerStatus(dataSource, id, 'inactive');
      expect(await register('same')).toBe(id);
      expect(await findWorker(dataSource, id)).toMatchObject({
        status: 'active',
        cordoned: true,
        health_state: 'cordoned',
        heartbeat_age_seconds: 0,
      });
    });

    it('counts what runs on each', async () => {
      const id = await register('loaded');
      const ids = await insertExecutions(
        dataSource,
        Array.from({ length: 3 }, () => ({ action: null, action_ref: 'demo.run', executor: null })),
      );
      await moveExecutions(
        dataSource,
        ids.map((execution, n) => ({ id: execution, status: n === 0 ? 'running' : 'scheduled', worker: id })),
        { from: ['requested'] },
      );
      expect(await findWorker(dataSource, id)).toMatchObject({ scheduled: 2, running: 1, canceling: 0 });
    });

    it('a quiet worker is offered no work and becomes inactive', async () => {
      const [quiet, lively] = [await register('quiet'), await register('lively')];
      const offered = async () => (await listWorkersForScheduling(dataSource)).map((worker) => worker.id);
      expect(await offered()).toEqual(expect.arrayContaining([quiet, lively]));
      await dataSource.query(`update worker set last_heartbeat = now() - interval '2 minutes' where id = $1`, [quiet]);
      expect(await offered()).not.toContain(quiet);
      expect((await findWorker(dataSource, quiet))?.health_state).toBe('offline');
      expect(await deactivateStaleWorkers(dataSource)).toEqual([quiet]);
      expect(await recordHeartbeat(dataSource, quiet, { capabilities: { max_concurrent_executions: 9 } })).toBe(true);
      expect(await offered()).toContain(quiet);
      expect((await findWorker(dataSource, quiet))?.capabilities).toEqual({ max_concurrent_executions: 9 });
      expect(await recordHeartbeat(dataSource, 999)).toBe(false);
    });

    it('lists by name and by what is known of them', async () => {
      const { rows, total } = await listWorkers(dataSource, { health_state: 'active' }, { limit: 2, offset: 0 });
      expect(rows.map((worker) => worker.name)).toEqual(['lively', 'loaded']);
      expect(total).toBe(3);
      expect((await listWorkers(dataSource, { cordoned: true, role: 'action' }, first)).rows).toHaveLength(1);
      expect((await listWorkers(dataSource, { status: 'error' }, first)).total).toBe(0);
    });
  });
});
