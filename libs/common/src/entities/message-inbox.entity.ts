import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Messages from the broker that were handled: another delivery of one does nothing. */
@Entity({ name: 'message_inbox' })
export class MessageInboxEntity {
  /** Of the outbox message it was. */
  @PrimaryColumn({ type: 'bigint' })
  message_id!: number;

  /** Of the outbox message; tells it from another one with the same id after a restored backup. */
  @PrimaryColumn({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  consumed_at!: Date;
}
