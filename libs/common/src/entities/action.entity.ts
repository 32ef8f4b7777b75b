import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import {
  ACTION_INVOCATIONS,
  type ActionInvocation,
  OUTPUT_FORMATS,
  type OutputFormat,
  PARAMETER_DELIVERIES,
  PARAMETER_FORMATS,
  type ParameterDelivery,
  type ParameterFormat,
  RETENTION_POLICY_TYPES,
  type RetentionPolicyType,
} from './enums.js';

/** Something that can be executed: a script, a function or a workflow. */
@Entity({ name: 'action' })
export class ActionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'bigint' })
  pack!: number;

  @Column({ type: 'text' })
  pack_ref!: string;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** File below the pack's actions/; of an ad-hoc action the source text itself. */
  @Column({ type: 'text' })
  entrypoint!: string;

  /** Null: a workflow, or the runtime is gone (runtime_ref stays). */
  @Column({ type: 'bigint', nullable: true })
  runtime!: number | null;

  @Column({ type: 'text', nullable: true })
  runtime_ref!: string | null;

  @Column({ type: 'text', nullable: true })
  runtime_version_constraint!: string | null;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  required_worker_runtimes!: Readonly<Record<string, string>>;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  worker_selector!: Readonly<Record<string, string>>;

  @Column({ type: 'jsonb', default: () => "'[]'::jsonb" })
  worker_tolerations!: readonly JsonObject[];

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  worker_affinity!: JsonObject;

  @Column({ type: 'jsonb', nullable: true })
  param_schema!: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  out_schema!: JsonObject | null;

  @Column({
    type: 'enum',
    enum: PARAMETER_DELIVERIES,
    enumName: 'parameter_delivery',
    default: () => "'stdin'::parameter_delivery",
  })
  parameter_delivery!: ParameterDelivery;

  @Column({
    type: 'enum',
    enum: PARAMETER_FORMATS,
    enumName: 'parameter_format',
    default: () => "'json'::parameter_format",
  })
  parameter_format!: ParameterFormat;

  @Column({ type: 'enum', enum: OUTPUT_FORMATS, enumName: 'output_format', default: () => "'text'::output_format" })
  output_format!: OutputFormat;

  @Column({
    type: 'enum',
    enum: ACTION_INVOCATIONS,
    enumName: 'action_invocation',
    default: () => "'process'::action_invocation",
  })
  invocation!: ActionInvocation;

  /** Null: the worker's default. */
  @Column({ type: 'integer', nullable: true })
  timeout_seconds!: number | null;

  /** Not null: the action is this workflow. */
  @Column({ type: 'bigint', nullable: true })
  workflow_def!: number | null;

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  @Column({ type: 'boolean', default: () => 'true' })
  enabled!: boolean;

  @Column({ type: 'boolean', default: () => 'false' })
  accesses_mcp!: boolean;

  /** Rights of the execution token; empty: no token. */
  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  default_execution_permission_set_refs!: string[];

  @Column({ type: 'enum', enum: RETENTION_POLICY_TYPES, enumName: 'retention_policy_type', nullable: true })
  artifact_retention_policy!: RetentionPolicyType | null;

  @Column({ type: 'integer', nullable: true })
  artifact_retention_limit!: number | null;

  @Column({ type: 'enum', enum: RETENTION_POLICY_TYPES, enumName: 'retention_policy_type', nullable: true })
  log_retention_policy!: RetentionPolicyType | null;

  @Column({ type: 'integer', nullable: true })
  log_retention_limit!: number | null;

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  tags!: string[];

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
