import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Every request to a webhook, refused ones too. */
@Entity({ name: 'webhook_event_log' })
export class WebhookEventLogEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint', nullable: true })
  trigger!: number | null;

  @Column({ type: 'text', nullable: true })
  trigger_ref!: string | null;

  /** Last four characters only. */
  @Column({ type: 'text', nullable: true })
  webhook_key!: string | null;

  /** May dangle: events have their own retention. */
  @Column({ type: 'bigint', nullable: true })
  event!: number | null;

  @Column({ type: 'inet', nullable: true })
  source_ip!: string | null;

  @Column({ type: 'text', nullable: true })
  user_agent!: string | null;

  @Column({ type: 'integer', nullable: true })
  payload_size_bytes!: number | null;

  @Column({ type: 'integer' })
  status_code!: number;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'integer', nullable: true })
  processing_ms!: number | null;

  /** Null: not checked. */
  @Column({ type: 'boolean', nullable: true })
  hmac_verified!: boolean | null;

  @Column({ type: 'boolean', default: () => 'false' })
  rate_limited!: boolean;

  /** Null: not checked. */
  @Column({ type: 'boolean', nullable: true })
  ip_allowed!: boolean | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
