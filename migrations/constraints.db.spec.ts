import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type DataSource } from 'typeorm';

describe('constraints', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true, kind: 'plain' });
    dataSource = await database.dataSource();
    await dataSource.query(`
      insert into pack (ref, label, version) values ('demo', 'Demo', '1.0.0');
      insert into runtime (ref, name) values ('demo.shell', 'shell');
      insert into action (ref, pack, pack_ref, label, entrypoint) values ('demo.run', 1, 'demo', 'Run', 'run.sh');
      insert into identity (login) values ('ada');
      insert into worker (name) values ('w1');
      insert into policy (ref, name, threshold) values ('demo.limit', 'Limit', 1)`);
  });

  afterAll(() => database.drop());

  const pack = (ref: string, version = '1.0.0') => ({ ref, label: 'L', version });
  const action = (ref: string) => ({ ref, pack: 1, pack_ref: 'demo', label: 'L', entrypoint: 'x' });
  const trigger = (more: object) => ({ ref: 'demo.t', label: 'L', ...more });
  const key = (more: object) => ({ ref: 'demo.key', owner_type: 'system', name: 'key', value: '1', ...more });
  const version = (more: object) => ({ artifact: 1, version: 1, ...more });

  it.each<[constraint: string, table: string, row: object]>([
    ['pack_ref_check', 'pack', pack('x')],
    ['pack_ref_check', 'pack', pack('Demo')],
    ['pack_ref_check', 'pack', pack('a.b')],
    ['pack_ref_check', 'pack', pack('../etc')],
    ['pack_ref_check', 'pack', pack('demo\n')],
    ['pack_version_check', 'pack', pack('other', '1.0')],
    ['pack_version_check', 'pack', pack('other', '01.0.0')],
    ['pack_ref_key', 'pack', pack('demo')],
    ['pack_registry_index_url_check', 'pack_registry_index', { url: 'file:///etc/passwd' }],
    ['action_ref_check', 'action', action('run')],
    ['action_ref_check', 'action', action('demo.Run')],
    ['action_ref_check', 'action', action('demo.run.again')],
    ['action_timeout_seconds_check', 'action', { ...action('demo.b'), timeout_seconds: 0 }],
    ['action_log_retention_limit_check', 'action', { ...action('demo.b'), log_retention_limit: 0 }],
    ['trigger_ref_check', 'trigger', trigger({ ref: 'demo.' })],
    ['trigger_ref_check', 'trigger', trigger({ ref: 'a.b.c' })],
    ['trigger_webhook_key_check', 'trigger', trigger({ webhook_key: 'wh_short' })],
    ['trigger_webhook_enabled_check', 'trigger', trigger({ webhook_enabled: true })],
    ['policy_threshold_check', 'policy', { ref: 'demo.p', name: 'p', threshold: 0 }],
    [
      'policy_scope_check',
      'policy',
      { ref: 'demo.p', name: 'p', threshold: 1, scope_pack_ref: 'demo', action_ref: 'demo.run' },
    ],
    ['permission_set_grants_check', 'permission_set', { ref: 'demo.s', grants: '{}' }],
    ['identity_login_key', 'identity', { login: 'ada' }],
    ['worker_port_check', 'worker', { name: 'w2', port: 70_000 }],
    ['key_ref_check', 'key', key({ ref: 'demo..key' })],
    ['key_owner_check', 'key', key({ owner_pack: 1 })],
    ['key_owner_check', 'key', key({ owner_type: 'pack' })],
    ['key_owner_check', 'key', key({ owner_type: 'pack', owner_action: 1 })],
    ['key_owner_check', 'key', key({ owner_type: 'pack', owner_pack: 1, owner_action: 1 })],
    ['key_encrypted_check', 'key', key({ encrypted: true })],
    ['artifact_ref_check', 'artifact', { ref: '../x', scope: 'system', owner: 'system', type: 'other' }],
    ['artifact_ref_check', 'artifact', { ref: 'a..b', scope: 'system', owner: 'system', type: 'other' }],
    ['artifact_version_content_check', 'artifact_version', version({})],
    ['artifact_version_content_check', 'artifact_version', version({ content_json: '1', file_path: 'x' })],
    ['artifact_version_artifact_fkey', 'artifact_version', version({ file_path: 'x' })],
    [
      'execution_admission_state_policy_fkey',
      'execution_admission_state',
      { policy: 9, group_key: '[]', max_concurrent: 1 },
    ],
    [
      'execution_secret_value_json_path_check',
      'execution_secret_value',
      { entity_type: 'execution_config', entity_id: 1, json_path: 'a', encrypted_value: 'x', encryption_key_hash: 'x' },
    ],
    [
      'pack_test_execution_counts_check',
      'pack_test_execution',
      {
        pack_id: 1,
        pack_version: '1',
        execution_time: 'now',
        trigger_reason: 'manual',
        total_tests: 1,
        passed: 1,
        failed: 1,
        skipped: 0,
        pass_rate: 1,
        duration_ms: 1,
      },
    ],
  ])('%s refuses a bad row of %s (%#)', async (constraint, table, row) => {
    await expect(insert(table, row)).rejects.toMatchObject({ driverError: { constraint } });
  });

  it('key.owner follows from the owner, and a name is unique to it', async () => {
    await insert('key', key({ ref: 'demo.a', owner_type: 'pack', owner_pack: 1 }));
    await insert('key', key({ ref: 'demo.b' }));
    expect(await dataSource.query(`select owner from key order by ref`)).toEqual([{ owner: '1' }, { owner: 'system' }]);
    await expect(insert('key', key({ ref: 'demo.c' }))).rejects.toMatchObject({
      driverError: { constraint: 'key_name_key' },
    });
  });

  it('an artifact ref is refused only for its form', async () => {
    const artifact = { scope: 'action', owner: 'demo.run', type: 'file_text' };
    await expect(insert('artifact', { ...artifact, ref: 'demo.run.stdout.log' })).resolves.toBeUndefined();
  });

  it('"updated" moves only when a definition changes', async () => {
    const updated = async () => {
      const rows: { updated: string }[] = await dataSource.query(`select updated::text from pack where ref = 'demo'`);
      return rows[0]?.updated;
    };
    const before = await updated();
    await dataSource.query(`update pack set label = 'Demo' where ref = 'demo'`);
    expect(await updated()).toBe(before);
    await dataSource.query(`update pack set label = 'Demonstration' where ref = 'demo'`);
    expect(await updated()).not.toBe(before);
  });

  it('deleting a pack takes its components; rules of other packs keep the refs', async () => {
    await dataSource.query(`
      insert into pack (ref, label, version) values ('gone', 'Gone', '1.0.0'), ('stays', 'Stays', '1.0.0');
      insert into runtime (ref, name, pack, pack_ref) select 'gone.shell', 'shell', id, ref from pack where ref = 'gone';
      insert into action (ref, pack, pack_ref, label, entrypoint, runtime)
        select 'gone.run', p.id, p.ref, 'Run', 'x', r.id from pack p, runtime r where p.ref = 'gone' and r.ref = 'gone.shell';
      insert into sensor (ref, pack, pack_ref, label, entrypoint, runtime, runtime_ref)
        select 'gone.watch', p.id, p.ref, 'Watch', 'x', r.id, r.ref from pack p, runtime r where p.ref = 'gone' and r.ref = 'gone.shell';
      insert into trigger (ref, pack, pack_ref, label, sensor)
        select 'gone.seen', p.id, p.ref, 'Seen', s.id from pack p, sensor s where p.ref = 'gone';
      insert into rule (ref, pack, pack_ref, label, action, action_ref, trigger, trigger_ref)
        select 'stays.react', p.id, p.ref, 'React', a.id, a.ref, t.id, t.ref
        from pack p, action a, trigger t where p.ref = 'stays' and a.ref = 'gone.run' and t.ref = 'gone.seen';
      delete from pack where ref = 'gone'`);
    expect(await dataSource.query(`select action, action_ref, trigger, trigger_ref from rule`)).toEqual([
      { action: null, action_ref: 'gone.run', trigger: null, trigger_ref: 'gone.seen' },
    ]);
    expect(await dataSource.query(`select ref from sensor`)).toEqual([]);
  });

  it('a task of a workflow is dispatched once, with or without items', async () => {
    await dataSource.query(`insert into workflow_execution (execution, task_graph) values (time_id(), '{}')`);
    const dispatch = (task_index: number | null) => ({ workflow_execution: 1, task_name: 'build', task_index });
    await insert('workflow_task_dispatch', dispatch(null));
    await insert('workflow_task_dispatch', dispatch(0));
    for (const index of [null, 0]) {
      await expect(insert('workflow_task_dispatch', dispatch(index))).rejects.toMatchObject({
        driverError: { constraint: 'workflow_task_dispatch_task_key' },
      });
    }
  });

  async function insert(table: string, row: object): Promise<void> {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${index + 1}`);
    await dataSource.query(
      `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`,
      Object.values(row),
    );
  }
});
