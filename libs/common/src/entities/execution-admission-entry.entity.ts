import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { ADMISSION_STATUSES, type AdmissionStatus } from './enums.js';

/** An execution that holds a slot of a policy or waits for one. */
@Entity({ name: 'execution_admission_entry' })
export class ExecutionAdmissionEntryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  state!: number;

  /** One slot or one place in one queue; removed with the terminal status. */
  @Column({ type: 'bigint' })
  execution!: number;

  @Column({ type: 'text' })
  action_ref!: string;

  @Column({
    type: 'enum',
    enum: ADMISSION_STATUSES,
    enumName: 'admission_status',
    default: () => "'queued'::admission_status",
  })
  status!: AdmissionStatus;

  @Column({ type: 'bigint' })
  queue_order!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  enqueued_at!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  activated_at!: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
