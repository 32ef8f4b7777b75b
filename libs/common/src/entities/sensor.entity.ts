import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { RETENTION_POLICY_TYPES, type RetentionPolicyType } from './enums.js';

/** A process that produces events. */
@Entity({ name: 'sensor' })
export class SensorEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'bigint', nullable: true })
  pack!: number | null;

  @Column({ type: 'text', nullable: true })
  pack_ref!: string | null;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text' })
  entrypoint!: string;

  /** A runtime in use by a sensor cannot be deleted: a sensor without one is no sensor. */
  @Column({ type: 'bigint' })
  runtime!: number;

  @Column({ type: 'text' })
  runtime_ref!: string;

  @Column({ type: 'text', nullable: true })
  runtime_version_constraint!: string | null;

  @Column({ type: 'boolean', default: () => 'true' })
  enabled!: boolean;

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  @Column({ type: 'jsonb', nullable: true })
  param_schema!: JsonObject | null;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  config!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  worker_selector!: Readonly<Record<string, string>>;

  @Column({ type: 'jsonb', default: () => "'[]'::jsonb" })
  worker_tolerations!: readonly JsonObject[];

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  worker_affinity!: JsonObject;

  @Column({ type: 'enum', enum: RETENTION_POLICY_TYPES, enumName: 'retention_policy_type', nullable: true })
  artifact_retention_policy!: RetentionPolicyType | null;

  @Column({ type: 'integer', nullable: true })
  artifact_retention_limit!: number | null;

  @Column({ type: 'enum', enum: RETENTION_POLICY_TYPES, enumName: 'retention_policy_type', nullable: true })
  log_retention_policy!: RetentionPolicyType | null;

  @Column({ type: 'integer', nullable: true })
  log_retention_limit!: number | null;

  /** Told to the process, which may ignore it. */
  @Column({ type: 'integer', nullable: true })
  poll_interval_seconds!: number | null;

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  tags!: string[];

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  meta!: JsonObject;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
