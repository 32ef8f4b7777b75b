import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addPolicies, convertToTimeSeries, removePolicies } from './time-series/conversion.js';
import { existingKind } from './time-series/database-kind.js';
import { AUDIT_EVENT } from './time-series/tables.js';

/**
 * The audit log: who did what, from where and how it ended. A time series of its own, which tells of things that are gone
 * as well, so it refers to nothing by a foreign key.
 *
 * Ids are time-ordered like those of events, because the log is read by id: the time is in it, so one chunk is read
 * instead of ninety. Request ids carry a time as well (UUID version 7), which bounds what is read of a request.
 * Cost: none, the table is new. Safe to roll back: yes, but the log is gone then.
 */
export class AuditLog1767225600014 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    const kind = await existingKind(q);
    for (const [name, values] of ENUMS) {
      await q.query(`create type ${name} as enum (${values.map((value) => `'${value}'`).join(', ')})`);
    }
    await this.createTable(q);
    await this.explainTable(q);
    await this.refuseChanges(q);
    await convertToTimeSeries(q, kind, AUDIT_EVENT);
    await addPolicies(q, kind, AUDIT_EVENT);
  }

  async down(q: QueryRunner): Promise<void> {
    await removePolicies(q, await existingKind(q), AUDIT_EVENT);
    await q.query(`drop table audit_event`);
    await q.query(`drop function refuse_audit_change()`);
    for (const [name] of ENUMS.toReversed()) await q.query(`drop type ${name}`);
  }

  private async createTable(q: QueryRunner): Promise<void> {
    await q.query(`
      create table audit_event (
        id bigint not null,
        created timestamptz not null,
        category audit_category not null,
        event_type text not null,
        outcome audit_outcome not null,
        actor_identity bigint,
        actor_login text,
        actor_token_type audit_token_type,
        actor_ip text,
        actor_user_agent text,
        request_id uuid,
        resource_type text,
        resource_id bigint,
        resource_ref text,
        http_method text,
        http_path text,
        http_status integer,
        duration_ms integer,
        details jsonb not null default '{}',
        correlation_chain jsonb not null default '{}',
        constraint audit_event_pkey primary key (id),
        constraint audit_event_created_check check (created = time_id_created(id))
      )`);
    // All that one request did.
    await q.query(`create index audit_event_request_idx on audit_event (request_id) where request_id is not null`);
    // What somebody did, newest first.
    await q.query(`
      create index audit_event_actor_idx on audit_event (actor_identity, created desc, id desc)
        where actor_identity is not null`);
    // What happened to something, newest first.
    await q.query(`
      create index audit_event_resource_idx on audit_event (resource_ref, created desc, id desc)
        where resource_ref is not null`);
  }

  private async explainTable(q: QueryRunner): Promise<void> {
    await q.query(`comment on table audit_event is 'who did what, from where and how it ended; append-only'`);
    for (const [column, meaning] of COMMENTS) {
      await q.query(`comment on column audit_event.${column} is '${meaning}'`);
    }
  }

  /** Rows leave with their chunk, by retention, and in no other way. */
  private async refuseChanges(q: QueryRunner): Promise<void> {
    await q.query(`
      create function refuse_audit_change() returns trigger
      language plpgsql
      as $$
      begin
        raise exception 'the audit log is append-only';
      end
      $$`);
    await q.query(`
      create trigger audit_event_append_only
        before update or delete on audit_event
        for each row
        execute function refuse_audit_change()`);
  }
}

const ENUMS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['audit_category', ['api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack']],
  ['audit_outcome', ['success', 'failure', 'denied']],
  ['audit_token_type', ['access', 'execution', 'sensor', 'refresh', 'worker', 'system']],
];

const COMMENTS: readonly (readonly [column: string, meaning: string])[] = [
  ['created', 'when it happened; follows from the id'],
  ['actor_identity', 'may dangle; null: nobody was recognised, or the platform itself did it'],
  ['actor_login', 'as given in a login that failed; null: nobody was recognised'],
  ['actor_token_type', 'null: there was no token; system: the platform itself did it'],
  ['actor_ip', 'the other end of the connection; null: it was no request'],
  ['actor_user_agent', 'null: it was no request, or it did not say'],
  ['request_id', 'null: it was no request'],
  ['resource_type', 'null: it was about nothing in particular'],
  ['resource_id', 'may dangle; null: it has no numeric id, or none yet'],
  ['resource_ref', 'its lasting name; null: it has none'],
  ['http_method', 'of api.* events; null: all others'],
  ['http_path', 'of api.* events, with the keys of webhooks masked and without the query; null: all others'],
  ['http_status', 'of api.* events; null: all others'],
  ['duration_ms', 'of api.* events; null: all others'],
  ['details', 'secrets are masked'],
  [
    'correlation_chain',
    '{rule_id, enforcement_id, execution_id, parent_request_id, parent_execution_id}, as far as known',
  ],
];
