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
export const newestExecutions = (limit: number): QueryConfig => ({
  text: `
    select ${COLUMNS}
    from execution as e
    where e.created >= $2::timestamptz and e.created < $3::timestamptz
    order by e.created desc, e.id desc
    limit $1`,
  values: [limit, new Date(Date.now() - 2 * 86_400_000).toISOString(), new Date(Date.now() + 86_400_000).toISOString()],
});

export const readExecution = (id: string): QueryConfig => ({
  text: `select ${COLUMNS}, e.config, e.result from execution as e where e.id = $1 and e.created = time_id_created($1)`,
  values: [id],
});

/** What a request writes, and how it reads that back. */
export interface WriteStatements {
  insertExecution(ref: string, config: object): QueryConfig;
  insertMessage(id: string): QueryConfig;
  findExecution(id: string): QueryConfig;
  insertEvent(ref: string, payload: unknown): QueryConfig;
}

const STORED = 'e.id, e.action_ref, e.config, e.status, e.created';

/** Into tables that have nothing but a key and an index. */
export const plainTables: WriteStatements = {
  insertExecution: (ref, config) =>
    named('insert', 'insert into bare_execution (action_ref, config) values ($1, $2) returning id', [ref, config]),
  insertMessage: (id) =>
    named('message', `insert into bare_message (payload) values (jsonb_build_object('execution_id', $1::text))`, [id]),
  findExecution: (id) => named('find', `select ${STORED} from bare_execution as e where e.id = $1`, [id]),
  insertEvent: (ref, payload) =>
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
    ),
};

/** Into the product's: with its partitions, its indexes and the triggers that write history and tell of changes. */
export const ourTables: WriteStatements = {
  insertExecution: (ref, config) =>
    named(
      'our_insert',
      `with given as materialized (select time_id() as id)
      insert into execution (id, created, action_ref, config)
      select g.id, time_id_created(g.id), $1, $2 from given as g
      returning id`,
      [ref, config],
    ),
  insertMessage: (id) =>
    named(
      'our_message',
      `insert into outbox_message (queue, topic, payload)
      values ('bench', 'execution.requested', jsonb_build_object('execution_id', $1::text))`,
      [id],
    ),
  findExecution: (id) => ({
    text: `select ${STORED} from execution as e where e.id = $1 and e.created = time_id_created($1)`,
    values: [id],
  }),
  insertEvent: (ref, payload) =>
    named(
      'our_event',
      `with given as materialized (
        select time_id() as id
      ), stored as (
        insert into event (id, created, trigger_ref, payload)
        select g.id, time_id_created(g.id), $1, $2 from given as g
      ), announced as (
        insert into outbox_message (queue, topic, payload)
        select 'bench', 'event.created', jsonb_build_object('event_id', g.id) from given as g
      ), logged as (
        insert into webhook_event_log (trigger_ref, event, status_code) select $1, g.id, 200 from given as g
      )
      select g.id from given as g`,
      [ref, JSON.stringify(payload)],
    ),
};

export const findWebhook = (key: string): QueryConfig =>
  named('webhook', `select coalesce(max(t.ref), 'bench.called') as ref from trigger as t where t.webhook_key = $1`, [
    key,
  ]);
