import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A message to one consumer group, not yet handled. */
@Entity({ name: 'outbox_message' })
export class OutboxMessageEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  /** The consumer group; a topic with two groups has two rows. */
  @Column({ type: 'text' })
  queue!: string;

  @Column({ type: 'text' })
  topic!: string;

  @Column({ type: 'jsonb' })
  payload!: JsonObject;

  /** Failed tries so far. */
  @Column({ type: 'integer', default: () => '0' })
  attempt!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  available_at!: Date;

  @Column({ type: 'text', nullable: true })
  last_error!: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  /** Until then a relay has it in hand, on its way to the broker. Null: nobody has. */
  @Column({ type: 'timestamptz', nullable: true })
  relayed_until!: Date | null;
}
