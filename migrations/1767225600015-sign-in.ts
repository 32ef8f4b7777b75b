import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What ways to log in beyond a local password need: which account of an outside provider an identity belongs to, failed
 * attempts that are remembered across restarts and processes, and a number that tells refresh tokens of before a change
 * of password from those after it. That number is moved by a trigger, so no way to change a password can forget it.
 *
 * Cost: two new tables, and a column with a constant default, which rewrites nothing. Safe to roll back: identities of
 * outside providers stay, but nobody logs in as them, and refresh tokens of before a change of password work again.
 */
export class SignIn1767225600015 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await this.countSessions(q);
    await this.createLinks(q);
    await this.createAttempts(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table login_attempt, identity_link`);
    await q.query(`drop trigger identity_end_sessions on identity`);
    await q.query(`drop function end_identity_sessions()`);
    await q.query(`alter table identity drop column session_version`);
  }

  private async countSessions(q: QueryRunner): Promise<void> {
    await q.query(`alter table identity add column session_version integer not null default 0`);
    await q.query(
      `comment on column identity.session_version is 'refresh tokens that carry another number are refused; moves with password_hash'`,
    );
    await q.query(`
      create function end_identity_sessions() returns trigger language plpgsql as $$
      begin
        new.session_version := old.session_version + 1;
        return new;
      end $$`);
    await q.query(`
      create trigger identity_end_sessions
        before update of password_hash on identity
        for each row
        when (old.password_hash is distinct from new.password_hash)
        execute function end_identity_sessions()`);
  }

  private async createLinks(q: QueryRunner): Promise<void> {
    await q.query(`
      create table identity_link (
        identity_id bigint not null,
        provider role_source not null,
        issuer text not null,
        subject text not null,
        profile jsonb not null,
        created timestamptz not null default now(),
        last_login_at timestamptz not null default now(),
        constraint identity_link_pkey primary key (identity_id),
        constraint identity_link_account_key unique (provider, issuer, subject),
        constraint identity_link_provider_check check (provider <> 'manual'),
        constraint identity_link_identity_fkey foreign key (identity_id) references identity (id) on delete cascade
      )`);
    await q.query(`comment on table identity_link is 'the account of an outside provider that an identity belongs to'`);
    await q.query(`comment on column identity_link.issuer is 'oidc: the issuer; ldap: the one directory there is'`);
    await q.query(
      `comment on column identity_link.subject is 'who it is to the issuer, for good; names and e-mail addresses may change hands'`,
    );
    await q.query(`comment on column identity_link.profile is 'what the provider said at the last login'`);
  }

  private async createAttempts(q: QueryRunner): Promise<void> {
    await q.query(`
      create table login_attempt (
        scope text not null,
        key text not null,
        level double precision not null,
        counted_at timestamptz not null default now(),
        expires_at timestamptz not null,
        constraint login_attempt_pkey primary key (scope, key),
        constraint login_attempt_level_check check (level >= 0)
      )`);
    // The old ones, to forget them.
    await q.query(`create index login_attempt_expires_at_idx on login_attempt (expires_at)`);
    await q.query(`comment on table login_attempt is 'failed logins, counted in buckets that leak'`);
    await q.query(`comment on column login_attempt.key is 'keyed digest of login, address or both: neither is kept'`);
    await q.query(
      `comment on column login_attempt.level is 'how full the bucket was at counted_at, 0 to 1; it leaks empty in one window'`,
    );
    await q.query(`comment on column login_attempt.expires_at is 'from then on the row says nothing and may go'`);
  }
}
