/** Tables of the same purpose, without the product's triggers, history and partitions. */
export const BARE_TABLES = `
  create table if not exists bare_execution (
    id bigint generated always as identity primary key,
    action_ref text not null,
    config jsonb,
    status text not null default 'requested',
    created timestamptz not null default now()
  );
  create index if not exists bare_execution_created_idx on bare_execution (created desc);
  create table if not exists bare_event (
    id bigint generated always as identity primary key,
    trigger_ref text not null,
    payload jsonb,
    created timestamptz not null default now()
  );
  create index if not exists bare_event_created_idx on bare_event (created desc);
  create table if not exists bare_message (
    id bigint generated always as identity primary key,
    payload jsonb not null
  );
  create table if not exists bare_log (
    id bigint generated always as identity primary key,
    event bigint not null
  )`;
