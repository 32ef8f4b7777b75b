import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A kind of event. */
@Entity({ name: 'trigger' })
export class TriggerEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'bigint', nullable: true })
  pack!: number | null;

  @Column({ type: 'text', nullable: true })
  pack_ref!: string | null;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'boolean', default: () => 'true' })
  enabled!: boolean;

  @Column({ type: 'jsonb', nullable: true })
  param_schema!: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  out_schema!: JsonObject | null;

  @Column({ type: 'boolean', default: () => 'false' })
  webhook_enabled!: boolean;

  /** The secret part of the URL; null: no webhook. */
  @Column({ type: 'text', nullable: true })
  webhook_key!: string | null;

  /** {payload_size_limit_kb, ip_whitelist, rate_limit, hmac}; the hmac secret is stored encrypted. */
  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  webhook_config!: JsonObject;

  /** The sensor that produces this trigger; null: API, webhook or platform. */
  @Column({ type: 'bigint', nullable: true })
  sensor!: number | null;

  @Column({ type: 'text', nullable: true })
  sensor_ref!: string | null;

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
