import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { POLICY_METHODS, type PolicyMethod } from './enums.js';

/** A limit on how many executions run at once, or how often. */
@Entity({ name: 'policy' })
export class PolicyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  /** The pack that brings the policy, not the one it limits. */
  @Column({ type: 'bigint', nullable: true })
  pack!: number | null;

  @Column({ type: 'text', nullable: true })
  pack_ref!: string | null;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  tags!: string[];

  /** Limits this pack; with action_ref null too the policy is global. Refs decide, ids may be null. */
  @Column({ type: 'text', nullable: true })
  scope_pack_ref!: string | null;

  @Column({ type: 'bigint', nullable: true })
  action!: number | null;

  @Column({ type: 'text', nullable: true })
  action_ref!: string | null;

  @Column({ type: 'enum', enum: POLICY_METHODS, enumName: 'policy_method', default: () => "'enqueue'::policy_method" })
  method!: PolicyMethod;

  @Column({ type: 'integer' })
  threshold!: number;

  /** Executions with equal values of these parameters share a group. */
  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  parameters!: string[];

  /** Null: waits without limit. */
  @Column({ type: 'integer', nullable: true })
  queue_timeout_seconds!: number | null;

  /** {max, window_seconds}; null: no rate limit. */
  @Column({ type: 'jsonb', nullable: true })
  rate!: JsonObject | null;

  /** {max, period}; null: no quota. */
  @Column({ type: 'jsonb', nullable: true })
  quota!: JsonObject | null;

  @Column({ type: 'boolean', default: () => 'true' })
  enabled!: boolean;

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
