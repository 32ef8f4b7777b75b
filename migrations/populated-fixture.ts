import { type DataSource } from 'typeorm';

/** How far back the rows reach, one every half hour. */
export const POPULATED_DAYS = 23;

/**
 * Fills the tables as migration 8 leaves them: packs, rules and workers, and for each half hour an event, its enforcement
 * and its execution, some of them with parents, inquiries and workflow runs. Some executions have moved on.
 */
export async function populate(dataSource: DataSource): Promise<void> {
  await dataSource.transaction((db) => db.query(STATEMENTS));
}

/** Columns of later migrations. */
const LATER_COLUMNS = `'{ancestor_executors}'::text[]`;

/** One fingerprint of all rows of each table, whatever its storage. */
export async function fingerprints(dataSource: DataSource): Promise<Record<string, string>> {
  const rows: Record<string, string>[] = await dataSource.query(`
    select ${['event', 'enforcement', 'execution', 'inquiry', 'workflow_execution']
      .map(
        (table) =>
          `(select count(*) || ':' || md5(string_agg((to_jsonb(t) - ${LATER_COLUMNS})::text, ' ' order by t.id))
            from ${table} as t) as ${table}`,
      )
      .join(', ')}`);
  return rows[0] ?? {};
}

const STATEMENTS = `
  insert into pack (ref, label, version) values ('demo', 'Demo', '1.0.0');
  insert into action (ref, pack, pack_ref, label, entrypoint)
  select 'demo.action' || n, p.id, p.ref, 'Action', 'run.sh' from pack as p, generate_series(1, 3) as n;
  insert into trigger (ref, pack, pack_ref, label)
  select 'demo.trigger' || n, p.id, p.ref, 'Trigger' from pack as p, generate_series(1, 3) as n;
  insert into rule (ref, pack, pack_ref, label, action, action_ref, trigger, trigger_ref)
  select 'demo.rule' || n, p.id, p.ref, 'Rule', a.id, a.ref, t.id, t.ref
  from pack as p, generate_series(1, 3) as n
  join action as a on a.ref = 'demo.action' || n
  join trigger as t on t.ref = 'demo.trigger' || n;
  insert into workflow_definition (ref, pack, pack_ref, label, version, definition)
  select 'demo.flow', p.id, p.ref, 'Flow', '1.0.0', '{}' from pack as p;
  insert into identity (login) values ('ada');
  insert into worker (name) values ('worker-1');

  create temp table moment on commit drop as
  select n, ((extract(epoch from now() - n * interval '30 minutes') - 1735689600) * 1000)::bigint * 4096 as id
  from generate_series(0, ${POPULATED_DAYS} * 48) as n;

  insert into event (id, created, trigger, trigger_ref, payload, rule, rule_ref)
  select m.id, time_id_created(m.id), t.id, t.ref, jsonb_build_object('n', m.n), r.id, r.ref
  from moment as m
  join trigger as t on t.ref = 'demo.trigger' || 1 + m.n % 3
  join rule as r on r.trigger = t.id;

  insert into enforcement (id, created, rule, rule_ref, trigger_ref, event, status, resolved_at)
  select m.id + 1, time_id_created(m.id + 1), e.rule, e.rule_ref, e.trigger_ref, e.id, 'processed', e.created
  from moment as m join event as e on e.id = m.id;

  insert into execution (id, created, action, action_ref, enforcement, executor, config, env_vars)
  select m.id + 2, time_id_created(m.id + 2), a.id, a.ref, f.id, i.id, '{"password": "***"}', '{"MODE": "fast"}'
  from moment as m
  join enforcement as f on f.id = m.id + 1
  join action as a on a.ref = 'demo.action' || 1 + m.n % 3
  join identity as i on i.login = 'ada';

  update execution as e
  set parent = (select max(p.id) from execution as p), original_execution = (select min(p.id) from execution as p)
  where e.action_ref = 'demo.action2';
  update execution as e
  set status = 'completed', worker = w.id, result = '{"stdout": "done"}', started_at = e.created
  from worker as w
  where e.action_ref <> 'demo.action3';
  update execution as e
  set workflow_def = d.id from workflow_definition as d
  where e.action_ref = 'demo.action3';
  insert into inquiry (execution, prompt) select e.id, 'Go on?' from execution as e where e.action_ref = 'demo.action2';
  insert into workflow_execution (execution, task_graph)
  select e.id, '{}' from execution as e where e.action_ref = 'demo.action3'`;
