import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How full the concurrency policy of an action is; written by the executor. */
@Entity({ name: 'queue_stats' })
export class QueueStatsEntity {
  @PrimaryColumn({ type: 'bigint' })
  action_id!: number;

  @Column({ type: 'text' })
  action_ref!: string;

  @Column({ type: 'integer', default: () => '0' })
  queue_length!: number;

  @Column({ type: 'integer', default: () => '0' })
  active_count!: number;

  @Column({ type: 'integer', default: () => '1' })
  max_concurrent!: number;

  /** Null: nobody waits. */
  @Column({ type: 'timestamptz', nullable: true })
  oldest_enqueued_at!: Date | null;

  @Column({ type: 'bigint', default: () => '0' })
  total_enqueued!: number;

  @Column({ type: 'bigint', default: () => '0' })
  total_completed!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  last_updated!: Date;
}
