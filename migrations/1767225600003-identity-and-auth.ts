import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { setUpdatedTrigger } from './sql/set-updated.js';

/**
 * Who may do what: identities, permission sets and their assignments, integration tokens, execution policies.
 *
 * Identity 1 is the platform itself: it executes what rules without an owner start. It has no password, so nobody logs
 * in as it. Cost: none, new tables. Safe to roll back: yes, it drops every login.
 */
export class IdentityAndAuth1767225600003 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await this.createIdentities(q);
    await this.createPermissions(q);
    await this.createTokens(q);
    await this.createPolicies(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table pack drop constraint pack_installed_by_fkey`);
    await q.query(`
      drop table policy, integration_token, permission_set_role_assignment, identity_role_assignment,
        permission_assignment, permission_set, identity`);
  }

  private async createIdentities(q: QueryRunner): Promise<void> {
    await q.query(`
      create table identity (
        id bigint generated always as identity,
        login text not null,
        display_name text,
        password_hash text,
        attributes jsonb not null default '{}',
        frozen boolean not null default false,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint identity_pkey primary key (id),
        constraint identity_login_key unique (login),
        constraint identity_login_check check (login <> '')
      )`);
    await q.query(
      `comment on column identity.password_hash is 'Argon2id PHC text; null: cannot log in with a password'`,
    );
    await q.query(`comment on column identity.frozen is 'login and refresh are refused'`);
    await q.query(setUpdatedTrigger('identity'));
    await q.query(`insert into identity (login, display_name) values ('system', 'Attune')`);
    await q.query(`
      alter table pack
        add constraint pack_installed_by_fkey foreign key (installed_by) references identity (id) on delete set null`);
  }

  private async createPermissions(q: QueryRunner): Promise<void> {
    await q.query(`
      create table permission_set (
        id bigint generated always as identity,
        ref text not null,
        pack bigint,
        pack_ref text,
        label text,
        description text,
        grants jsonb not null default '[]',
        is_adhoc boolean not null default false,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint permission_set_pkey primary key (id),
        constraint permission_set_ref_key unique (ref),
        constraint permission_set_ref_check check (ref = lower(ref) and ref ~ '^[^.[:space:]]+\\.[^.[:space:]]+$'),
        constraint permission_set_grants_check check (jsonb_typeof(grants) = 'array'),
        constraint permission_set_pack_fkey foreign key (pack) references pack (id) on delete cascade
      )`);
    await q.query(`create index permission_set_pack_idx on permission_set (pack)`);
    await q.query(`comment on column permission_set.grants is 'array of {resource, actions[], constraints?}'`);
    await q.query(setUpdatedTrigger('permission_set'));

    await q.query(`
      create table permission_assignment (
        id bigint generated always as identity,
        identity_id bigint not null,
        permission_set_id bigint not null,
        created timestamptz not null default now(),
        constraint permission_assignment_pkey primary key (id),
        constraint permission_assignment_pair_key unique (identity_id, permission_set_id),
        constraint permission_assignment_identity_fkey
          foreign key (identity_id) references identity (id) on delete cascade,
        constraint permission_assignment_permission_set_fkey
          foreign key (permission_set_id) references permission_set (id) on delete cascade
      )`);
    // The cascade from permission_set; the unique key already leads with identity_id.
    await q.query(`create index permission_assignment_permission_set_idx on permission_assignment (permission_set_id)`);

    await q.query(`
      create table identity_role_assignment (
        id bigint generated always as identity,
        identity_id bigint not null,
        role text not null,
        source role_source not null default 'manual',
        managed boolean not null default false,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint identity_role_assignment_pkey primary key (id),
        constraint identity_role_assignment_pair_key unique (identity_id, role),
        constraint identity_role_assignment_role_check check (role <> ''),
        constraint identity_role_assignment_identity_fkey
          foreign key (identity_id) references identity (id) on delete cascade
      )`);
    await q.query(
      `comment on column identity_role_assignment.managed is 'kept in step with the provider at each login; not editable'`,
    );
    await q.query(setUpdatedTrigger('identity_role_assignment'));

    await q.query(`
      create table permission_set_role_assignment (
        id bigint generated always as identity,
        permission_set_id bigint not null,
        role text not null,
        created timestamptz not null default now(),
        constraint permission_set_role_assignment_pkey primary key (id),
        constraint permission_set_role_assignment_pair_key unique (permission_set_id, role),
        constraint permission_set_role_assignment_role_check check (role <> ''),
        constraint permission_set_role_assignment_permission_set_fkey
          foreign key (permission_set_id) references permission_set (id) on delete cascade
      )`);
    // Grants of an identity are looked up from its role names.
    await q.query(`create index permission_set_role_assignment_role_idx on permission_set_role_assignment (role)`);
  }

  private async createTokens(q: QueryRunner): Promise<void> {
    await q.query(`
      create table integration_token (
        id bigint generated always as identity,
        identity_id bigint not null,
        label text not null,
        description text,
        token_hash text not null,
        token_prefix text not null,
        token_suffix text not null,
        created_by bigint,
        expires_at timestamptz,
        last_used_at timestamptz,
        last_used_ip inet,
        revoked_at timestamptz,
        revoked_by bigint,
        revocation_reason text,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint integration_token_pkey primary key (id),
        constraint integration_token_hash_key unique (token_hash),
        constraint integration_token_label_check check (label <> ''),
        constraint integration_token_identity_fkey
          foreign key (identity_id) references identity (id) on delete cascade,
        constraint integration_token_created_by_fkey
          foreign key (created_by) references identity (id) on delete set null,
        constraint integration_token_revoked_by_fkey
          foreign key (revoked_by) references identity (id) on delete set null
      )`);
    await q.query(`create index integration_token_identity_idx on integration_token (identity_id)`);
    await q.query(
      `comment on column integration_token.token_hash is 'base64url SHA-256 of the token; the token is not kept'`,
    );
    await q.query(`comment on column integration_token.expires_at is 'null: never'`);
    await q.query(setUpdatedTrigger('integration_token'));
  }

  private async createPolicies(q: QueryRunner): Promise<void> {
    await q.query(`
      create table policy (
        id bigint generated always as identity,
        ref text not null,
        pack bigint,
        pack_ref text,
        name text not null,
        description text,
        tags text[] not null default '{}',
        scope_pack_ref text,
        action bigint,
        action_ref text,
        method policy_method not null default 'enqueue',
        threshold integer not null,
        parameters text[] not null default '{}',
        queue_timeout_seconds integer,
        rate jsonb,
        quota jsonb,
        enabled boolean not null default true,
        is_adhoc boolean not null default false,
        created timestamptz not null default now(),
        updated timestamptz not null default now(),
        constraint policy_pkey primary key (id),
        constraint policy_ref_key unique (ref),
        constraint policy_ref_check check (ref = lower(ref) and ref ~ '^[^.[:space:]]+\\.[^.[:space:]]+$'),
        constraint policy_scope_check check (num_nonnulls(scope_pack_ref, action_ref) <= 1),
        constraint policy_threshold_check check (threshold > 0),
        constraint policy_queue_timeout_seconds_check check (queue_timeout_seconds > 0),
        constraint policy_pack_fkey foreign key (pack) references pack (id) on delete cascade
      )`);
    await q.query(`create index policy_pack_idx on policy (pack)`);
    // Finding what limits an action: its own policies, those of its pack, the global ones (both null).
    await q.query(`create index policy_scope_idx on policy (action_ref, scope_pack_ref) where enabled`);
    await q.query(`comment on column policy.pack is 'the pack that brings the policy, not the one it limits'`);
    await q.query(
      `comment on column policy.scope_pack_ref is 'limits this pack; with action_ref null too the policy is global. Refs decide, ids may be null'`,
    );
    await q.query(
      `comment on column policy.parameters is 'executions with equal values of these parameters share a group'`,
    );
    await q.query(`comment on column policy.queue_timeout_seconds is 'null: waits without limit'`);
    await q.query(`comment on column policy.rate is '{max, window_seconds}; null: no rate limit'`);
    await q.query(`comment on column policy.quota is '{max, period}; null: no quota'`);
    await q.query(setUpdatedTrigger('policy'));
  }
}
