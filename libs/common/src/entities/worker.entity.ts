import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import {
  WORKER_ROLES,
  WORKER_STATUSES,
  WORKER_TYPES,
  type WorkerRole,
  type WorkerStatus,
  type WorkerType,
} from './enums.js';

/** A process that runs actions, or hosts sensors. */
@Entity({ name: 'worker' })
export class WorkerEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'enum', enum: WORKER_TYPES, enumName: 'worker_type', default: () => "'local'::worker_type" })
  worker_type!: WorkerType;

  @Column({ type: 'enum', enum: WORKER_ROLES, enumName: 'worker_role', default: () => "'action'::worker_role" })
  worker_role!: WorkerRole;

  @Column({ type: 'text', nullable: true })
  host!: string | null;

  @Column({ type: 'integer', nullable: true })
  port!: number | null;

  @Column({ type: 'enum', enum: WORKER_STATUSES, enumName: 'worker_status', default: () => "'active'::worker_status" })
  status!: WorkerStatus;

  /** {runtimes: {name: [versions]}, max_concurrent_executions, …} as the worker last reported. */
  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  capabilities!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  labels!: Readonly<Record<string, string>>;

  @Column({ type: 'jsonb', default: () => "'[]'::jsonb" })
  taints!: readonly JsonObject[];

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  meta!: JsonObject;

  /** Null: registered, never heard of since. */
  @Column({ type: 'timestamptz', nullable: true })
  last_heartbeat!: Date | null;

  /** Gets no new work; running work continues. */
  @Column({ type: 'boolean', default: () => 'false' })
  cordoned!: boolean;

  @Column({ type: 'text', nullable: true })
  cordon_reason!: string | null;

  @Column({ type: 'bigint', nullable: true })
  cordoned_by!: number | null;

  @Column({ type: 'timestamptz', nullable: true })
  cordoned_at!: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
