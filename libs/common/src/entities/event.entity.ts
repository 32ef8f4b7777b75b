import { type Json, type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Immutable; that an event is still to be processed is known by its message in outbox_message. */
@Entity({ name: 'event' })
export class EventEntity {
  /** Time-ordered; `time_id()` makes it. */
  @PrimaryColumn({ type: 'bigint' })
  id!: number;

  @Column({ type: 'bigint', nullable: true })
  trigger!: number | null;

  @Column({ type: 'text' })
  trigger_ref!: string;

  @Column({ type: 'jsonb', nullable: true })
  config!: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  payload!: Json;

  /** The sensor; null: webhook, API or the platform (see source_ref). */
  @Column({ type: 'bigint', nullable: true })
  source!: number | null;

  @Column({ type: 'text', nullable: true })
  source_ref!: string | null;

  /** Not null: only this rule is considered. */
  @Column({ type: 'bigint', nullable: true })
  rule!: number | null;

  @Column({ type: 'text', nullable: true })
  rule_ref!: string | null;

  @Column({ type: 'text', nullable: true })
  trigger_instance_id!: string | null;

  /** A second event of this trigger with this key within 24 hours is the first one. */
  @Column({ type: 'text', nullable: true })
  dedup_key!: string | null;

  /** `time_id_created(id)`, exact to the microsecond where a Date is not: look rows up by id. */
  @PrimaryColumn({ type: 'timestamptz' })
  created!: Date;
}
