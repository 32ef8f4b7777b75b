import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { setUpdatedTrigger } from './sql/set-updated.js';

/**
 * Packs, the registries they come from, and the runtimes their code needs.
 *
 * Cost: none, new tables. Safe to roll back: yes, it drops every pack.
 */
export class PackSystem1767225600002 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table pack (
        id bigint generated always as identity,
        ref text not null,
        label text not null,
        description text,
        version text not null,
        conf_schema jsonb not null default '{}',
        config jsonb not null default '{}',
        meta jsonb not null default '{}',
        tags text[] not null default '{}',
        runtime_deps text[] not null default '{}',
        dependencies text[] not null default '{}',
        is_standard boolean not null default false,
        enabled boolean not null default true,
        installed_by bigint,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint pack_pkey primary key (id),
        constraint pack_ref_key unique (ref),
        constraint pack_ref_check check (ref ~ '^[a-z][a-z0-9_-]+$'),
        constraint pack_version_check check (
          version ~ '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$'
        )
      )`);
    await q.query(`comment on column pack.enabled is 'an operator''s choice; a reload of the pack keeps it'`);
    await q.query(
      `comment on column pack.meta is 'free form, plus where the pack came from (source_type, checksum, …)'`,
    );
    await q.query(setUpdatedTrigger('pack'));

    await q.query(`
      create table pack_registry_index (
        id bigint generated always as identity,
        name text,
        url text not null,
        position integer not null default 0,
        enabled boolean not null default true,
        headers jsonb not null default '{}',
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint pack_registry_index_pkey primary key (id),
        constraint pack_registry_index_url_key unique (url),
        constraint pack_registry_index_url_check check (url ~ '^https?://')
      )`);
    await q.query(setUpdatedTrigger('pack_registry_index'));

    await q.query(`
      create table runtime (
        id bigint generated always as identity,
        ref text not null,
        pack bigint,
        pack_ref text,
        name text not null,
        aliases text[] not null default '{}',
        description text,
        distributions jsonb not null default '{}',
        installation jsonb not null default '{}',
        execution_config jsonb not null default '{}',
        is_adhoc boolean not null default false,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint runtime_pkey primary key (id),
        constraint runtime_ref_key unique (ref),
        constraint runtime_ref_check check (ref = lower(ref) and ref <> ''),
        constraint runtime_pack_fkey foreign key (pack) references pack (id) on delete cascade
      )`);
    // The runtimes of a pack: lists, clean-up after a reload, and the cascade when the pack goes.
    await q.query(`create index runtime_pack_idx on runtime (pack)`);
    await q.query(`comment on column runtime.pack is 'null: made over the API, belongs to no pack'`);
    await q.query(`comment on column runtime.aliases is 'other names in lower case, such as python3'`);
    await q.query(setUpdatedTrigger('runtime'));

    await q.query(`
      create table runtime_version (
        id bigint generated always as identity,
        runtime bigint not null,
        runtime_ref text not null,
        version text not null,
        is_default boolean not null default false,
        execution_config jsonb not null default '{}',
        distributions jsonb not null default '{}',
        meta jsonb not null default '{}',
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint runtime_version_pkey primary key (id),
        constraint runtime_version_version_key unique (runtime, version),
        constraint runtime_version_version_check check (version <> ''),
        constraint runtime_version_runtime_fkey foreign key (runtime) references runtime (id) on delete cascade
      )`);
    // At most one default per runtime.
    await q.query(`create unique index runtime_version_default_key on runtime_version (runtime) where is_default`);
    await q.query(
      `comment on table runtime_version is 'versions a runtime knows; which of them exist is per worker, in worker.capabilities'`,
    );
    await q.query(
      `comment on column runtime_version.execution_config is 'complete, not a patch of the runtime''s own'`,
    );
    await q.query(setUpdatedTrigger('runtime_version'));
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table runtime_version, runtime, pack_registry_index, pack`);
  }
}
