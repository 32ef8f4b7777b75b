import { type Json, type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import {
  EXECUTION_RETRY_REASONS,
  EXECUTION_STATUSES,
  type ExecutionRetryReason,
  type ExecutionStatus,
  RETENTION_POLICY_TYPES,
  type RetentionPolicyType,
} from './enums.js';

/** One run of an action. */
@Entity({ name: 'execution' })
export class ExecutionEntity {
  /** Time-ordered; `time_id()` makes it. */
  @PrimaryColumn({ type: 'bigint' })
  id!: number;

  @Column({ type: 'bigint', nullable: true })
  action!: number | null;

  @Column({ type: 'text' })
  action_ref!: string;

  @Column({
    type: 'enum',
    enum: EXECUTION_STATUSES,
    enumName: 'execution_status',
    default: () => "'requested'::execution_status",
  })
  status!: ExecutionStatus;

  /** Flat parameters, secrets redacted; null: none. */
  @Column({ type: 'jsonb', nullable: true })
  config!: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  env_vars!: Readonly<Record<string, string>> | null;

  @Column({ type: 'bigint', nullable: true })
  parent!: number | null;

  /** First attempt of a task that was retried. */
  @Column({ type: 'bigint', nullable: true })
  original_execution!: number | null;

  @Column({ type: 'bigint', nullable: true })
  enforcement!: number | null;

  /** The rule behind the enforcement; null: not started by a rule. */
  @Column({ type: 'text', nullable: true })
  rule_ref!: string | null;

  @Column({ type: 'text', nullable: true })
  trigger_ref!: string | null;

  /** The identity it runs as. */
  @Column({ type: 'bigint', nullable: true })
  executor!: number | null;

  /** Identities that the executions above it run as, each once; settled when it was created. */
  @Column({ type: 'bigint', array: true, default: () => "'{}'::bigint[]" })
  ancestor_executors!: number[];

  /** Rights of its token, settled when it was created; empty: no token. */
  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  permission_set_refs!: string[];

  @Column({ type: 'enum', enum: RETENTION_POLICY_TYPES, enumName: 'retention_policy_type', nullable: true })
  artifact_retention_policy!: RetentionPolicyType | null;

  @Column({ type: 'integer', nullable: true })
  artifact_retention_limit!: number | null;

  /** Null: the action's; {} clears it. */
  @Column({ type: 'jsonb', nullable: true })
  worker_selector!: Readonly<Record<string, string>> | null;

  /** Null: the action's; [] clears it. */
  @Column({ type: 'jsonb', nullable: true })
  worker_tolerations!: readonly JsonObject[] | null;

  /** Null: the action's; {} clears it. */
  @Column({ type: 'jsonb', nullable: true })
  worker_affinity!: JsonObject | null;

  /** Null: not scheduled yet, or needs no worker; may dangle. */
  @Column({ type: 'bigint', nullable: true })
  worker!: number | null;

  @Column({ type: 'bigint', nullable: true })
  workflow_def!: number | null;

  /** Place in the workflow that started it; null: none. */
  @Column({ type: 'jsonb', nullable: true })
  workflow_task!: JsonObject | null;

  @Column({ type: 'integer', default: () => '0' })
  retry_count!: number;

  @Column({ type: 'integer', default: () => '0' })
  max_retries!: number;

  @Column({ type: 'enum', enum: EXECUTION_RETRY_REASONS, enumName: 'execution_retry_reason', nullable: true })
  retry_reason!: ExecutionRetryReason | null;

  @Column({ type: 'jsonb', nullable: true })
  result!: Json;

  @Column({ type: 'timestamptz', nullable: true })
  started_at!: Date | null;

  /** `time_id_created(id)`, exact to the microsecond where a Date is not: look rows up by id. */
  @PrimaryColumn({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
