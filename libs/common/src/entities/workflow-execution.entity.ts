import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { EXECUTION_STATUSES, type ExecutionStatus } from './enums.js';

/** The state of one running workflow. */
@Entity({ name: 'workflow_execution' })
export class WorkflowExecutionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  execution!: number;

  /** Null: the definition was deleted since. */
  @Column({ type: 'bigint', nullable: true })
  workflow_def!: number | null;

  @Column({
    type: 'enum',
    enum: EXECUTION_STATUSES,
    enumName: 'execution_status',
    default: () => "'running'::execution_status",
  })
  status!: ExecutionStatus;

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  current_tasks!: string[];

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  completed_tasks!: string[];

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  failed_tasks!: string[];

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  skipped_tasks!: string[];

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  variables!: JsonObject;

  /** The definition as it was at the start: edits do not touch running workflows. */
  @Column({ type: 'jsonb' })
  task_graph!: JsonObject;

  @Column({ type: 'text', nullable: true })
  error_message!: string | null;

  /** Running children finish, nothing new is dispatched. */
  @Column({ type: 'boolean', default: () => 'false' })
  paused!: boolean;

  @Column({ type: 'text', nullable: true })
  pause_reason!: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
