import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One group of one policy; its row lock orders everybody who enters or leaves. */
@Entity({ name: 'execution_admission_state' })
export class ExecutionAdmissionStateEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  /** Null: it was deleted; the group stays until those in it have ended. */
  @Column({ type: 'bigint', nullable: true })
  policy!: number | null;

  /** JSON of the grouping parameter values; longer than 512 characters: its digest. */
  @Column({ type: 'text' })
  group_key!: string;

  @Column({ type: 'integer' })
  max_concurrent!: number;

  @Column({ type: 'bigint', default: () => '1' })
  next_queue_order!: number;

  /** Executions that were admitted or queued here. */
  @Column({ type: 'bigint', default: () => '0' })
  total_enqueued!: number;

  /** Slots that were given back. */
  @Column({ type: 'bigint', default: () => '0' })
  total_completed!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;

  /** The paths whose values made the key; another version of the policy may have others. */
  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  parameters!: string[];

  /** For the rate: slices of time with the starts in each, oldest first. */
  @Column({ type: 'jsonb', default: () => "'[]'::jsonb" })
  starts!: [startMs: number, count: number][];

  /** The period `quota_used` counts; null: no quota so far. */
  @Column({ type: 'timestamptz', nullable: true })
  quota_start!: Date | null;

  @Column({ type: 'integer', default: () => '0' })
  quota_used!: number;

  /** When a message on its way lets time make room; null: none was needed. */
  @Column({ type: 'timestamptz', nullable: true })
  wake_at!: Date | null;
}
