import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Enum types of the whole schema, the `updated` trigger function and the time-ordered ids.
 *
 * What: values that are closed sets become PostgreSQL enums, so a typo cannot be stored and a column is four bytes.
 * Cost: none, nothing exists yet. Safe to roll back: yes, as long as later migrations were rolled back first.
 */
export class InitialSetup1767225600001 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    for (const [name, values] of ENUMS) {
      await q.query(`create type ${name} as enum (${values.map((value) => `'${value}'`).join(', ')})`);
    }
    await q.query(`
      create function set_updated() returns trigger
      language plpgsql
      as $$
      begin
        new.updated := now();
        return new;
      end
      $$`);
    await q.query(
      `comment on function set_updated() is 'row-level before-update trigger: moves "updated", touches nothing else'`,
    );
    await this.createTimeIds(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop function time_id()`);
    await q.query(`drop function time_id_created(bigint)`);
    await q.query(`drop sequence time_id_sequence`);
    await q.query(`drop function set_updated()`);
    for (const [name] of ENUMS.toReversed()) await q.query(`drop type ${name}`);
  }

  /**
   * id = (milliseconds since 2025-01-01 UTC) * 4096 + sequence; created follows from the id.
   *
   * Two ids are equal only when the same sequence value comes up twice in one millisecond. The value is therefore taken
   * between two readings of the clock that must agree: it belongs to that millisecond, however long the backend sleeps
   * before or after. Then 4,096 further values would have to be drawn in the same millisecond, which is above what a
   * sequence can give (each draw locks its page). `cache 1`, because a cached value would be used in a later
   * millisecond than the one it was drawn in. A clock set back may repeat a millisecond: the primary key refuses the
   * second row, nothing is mixed up.
   */
  private async createTimeIds(q: QueryRunner): Promise<void> {
    await q.query(`create sequence time_id_sequence as integer minvalue 0 maxvalue 4095 start 0 cache 1 cycle`);
    await q.query(`
      create function time_id_created(id bigint) returns timestamptz
      language sql
      immutable parallel safe strict
      return (timestamp '2025-01-01' + (id * 125 / 512) * interval '1 microsecond') at time zone 'UTC'`);
    await q.query(`
      comment on function time_id_created(bigint) is
        'when the row with this time-ordered id was created, floored to the microsecond; the inverse of time_id()'`);
    await q.query(`
      create function time_id() returns bigint
      language plpgsql
      volatile
      as $$
      declare
        before bigint := floor(extract(epoch from clock_timestamp()) * 1000)::bigint;
        after bigint;
        drawn bigint;
      begin
        loop
          drawn := nextval('time_id_sequence');
          after := floor(extract(epoch from clock_timestamp()) * 1000)::bigint;
          exit when after = before;
          before := after;
        end loop;
        return (before - 1735689600000) * 4096 + drawn;
      end
      $$`);
    await q.query(`
      comment on function time_id() is
        'a new time-ordered id: milliseconds since 2025-01-01 UTC times 4096, plus a cyclic sequence value'`);
  }
}

/** Every closed set of values, in the order in which its members happen. */
const ENUMS: readonly (readonly [name: string, values: readonly string[]])[] = [
  [
    'execution_status',
    [
      'requested',
      'scheduling',
      'scheduled',
      'running',
      'completed',
      'failed',
      'canceling',
      'cancelled',
      'timeout',
      'abandoned',
    ],
  ],
  ['enforcement_status', ['created', 'processed', 'disabled']],
  ['enforcement_condition', ['any', 'all']],
  ['inquiry_status', ['pending', 'responded', 'timeout', 'cancelled']],
  ['owner_type', ['system', 'identity', 'pack', 'action', 'sensor']],
  ['retention_policy_type', ['versions', 'days', 'hours', 'minutes']],
  ['artifact_type', ['file_binary', 'file_datatable', 'file_image', 'file_text', 'other', 'progress', 'url']],
  ['artifact_visibility', ['public', 'private']],
  ['worker_type', ['local', 'remote', 'container']],
  ['worker_role', ['action', 'sensor']],
  ['worker_status', ['active', 'inactive', 'busy', 'error']],
  ['policy_method', ['enqueue', 'cancel']],
  ['role_source', ['manual', 'oidc', 'ldap']],
  ['parameter_delivery', ['stdin', 'file']],
  ['parameter_format', ['json', 'dotenv', 'yaml']],
  ['output_format', ['text', 'json', 'yaml', 'jsonl']],
  ['action_invocation', ['process', 'function']],
  [
    'execution_retry_reason',
    [
      'failed',
      'timeout',
      'abandoned',
      'worker_unavailable',
      'queue_timeout',
      'worker_heartbeat_stale',
      'transient_error',
      'manual_retry',
      'unknown',
    ],
  ],
  ['secret_entity_type', ['execution_config', 'execution_result', 'enforcement_config']],
  ['admission_status', ['queued', 'active']],
  ['pack_environment_status', ['pending', 'installing', 'ready', 'failed', 'outdated']],
  ['pack_test_reason', ['register', 'install', 'update', 'manual', 'validation']],
];
