import { type QueryConfig } from 'pg';

/** Named, so that each connection parses it once, as the product does with the statements of its hot paths. */
const named = (name: string, text: string, values: unknown[]): QueryConfig => ({ name: `bare_${name}`, text, values });

export const readRights = (id: number): QueryConfig =>
  named('rights', 'select i.frozen, i.attributes from identity as i where i.id = $1', [id]);

export const findIdentity = (login: string): QueryConfig =>
  named('identity', 'select i.id, i.password_hash from identity as i where i.login = $1', [login]);

export const findAction = (ref: string): QueryConfig =>
  named('action', 'select a.id, a.ref, a.param_schema from action as a where a.ref = $1', [ref]);

const COLUMNS = `
  e.id, e.action_ref, e.status, e.parent, e.enforcement, e.rule_ref, e.trigger_ref, e.started_at, e.created, e.updated`;

/** Without a name, like the product's: a kept plan would not know which partitions the times leave out. */
export const newestIds = (limit: number): QueryConfig => ({
  text: `
    select e.id
    from execution as e
    where e.created >= $2::timestamptz and e.created < $3::timestamptz
    order by e.created desc, e.id desc
    limit $1`,
  values: [limit, new Date(Date.now() - 2 * 86_400_000).toISOString(), new Date(Date.now() + 86_400_000).toISOString()],
});

export const readExecutions = (ids: readonly string[]): QueryConfig => ({
  text: `
    select ${COLUMNS}
    from execution as e
    where e.id = any($1::bigint[]) and e.created between time_id_created($2) and time_id_created($3)
    order by e.created desc, e.id desc`,
  values: [ids, ids.at(-1), ids[0]],
});

export const readExecution = (id: string): QueryConfig => ({
  text: `select ${COLUMNS}, e.config, e.result from execution as e where e.id = $1 and e.created = time_id_created($1)`,
  values: [id],
});

export const insertExecution = (ref: string, config: object): QueryConfig =>
  named('insert', 'insert into bare_execution (action_ref, config) values ($1, $2) returning id', [ref, config]);

export const insertMessage = (id: string): QueryConfig =>
  named('message', `insert into bare_message (payload) values (jsonb_build_object('execution_id', $1::text))`, [id]);

export const findExecution = (id: string): QueryConfig =>
  named('find', 'select e.id, e.action_ref, e.config, e.status, e.created from bare_execution as e where e.id = $1', [
    id,
  ]);

export const findWebhook = (key: string): QueryConfig =>
  named('webhook', `select coalesce(max(t.ref), 'bench.called') as ref from trigger as t where t.webhook_key = $1`, [
    key,
  ]);

export const insertEvent = (ref: string, payload: unknown): QueryConfig =>
  named(
    'event',
    `with stored as (
      insert into bare_event (trigger_ref, payload) values ($1, $2) returning id
    ), announced as (
      insert into bare_message (payload) select jsonb_build_object('event_id', s.id) from stored as s
    ), logged as (
      insert into bare_log (event) select s.id from stored as s
    )
    select s.id from stored as s`,
    [ref, JSON.stringify(payload)],
  );
