import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One group of one policy; its row lock orders everybody who enters or leaves. */
@Entity({ name: 'execution_admission_state' })
export class ExecutionAdmissionStateEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  policy!: number;

  /** JSON of the grouping parameter values; longer than 512 characters: its digest. */
  @Column({ type: 'text' })
  group_key!: string;

  @Column({ type: 'integer' })
  max_concurrent!: number;

  @Column({ type: 'bigint', default: () => '1' })
  next_queue_order!: number;

  @Column({ type: 'bigint', default: () => '0' })
  total_enqueued!: number;

  @Column({ type: 'bigint', default: () => '0' })
  total_completed!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
