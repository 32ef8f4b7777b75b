import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A message for users of the notifier. */
@Entity({ name: 'notification' })
export class NotificationEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text', default: () => "'attune_notifications'::text" })
  notification_type!: string;

  @Column({ type: 'text' })
  entity_type!: string;

  @Column({ type: 'bigint', nullable: true })
  entity_id!: number | null;

  /** Null: for everybody. */
  @Column({ type: 'bigint', nullable: true })
  user_id!: number | null;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  payload!: JsonObject;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
