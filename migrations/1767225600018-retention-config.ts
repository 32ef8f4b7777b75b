import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * How long things are kept, as an operator set it over the API. Without a row the defaults hold. How long a time-series table
 * keeps its rows stands with its policy (or in `time_series_retention`), not here: there is one truth about it.
 *
 * Cost: none, the table is new. Safe to roll back: yes, the settings are gone and what they did to policies stays.
 */
export class RetentionConfig1767225600018 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table retention_config (
        id smallint not null default 1,
        config jsonb not null,
        updated_by bigint,
        updated timestamptz not null default now(),
        constraint retention_config_pkey primary key (id),
        constraint retention_config_one_row check (id = 1),
        constraint retention_config_updated_by_fkey foreign key (updated_by) references identity (id) on delete set null
      )`);
    await q.query(`comment on table retention_config is 'at most one row; without it the defaults hold'`);
    await q.query(`comment on column retention_config.config is 'the whole of it, as the API takes it'`);
    await q.query(`comment on column retention_config.updated_by is 'null: that identity is gone'`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table retention_config`);
  }
}
