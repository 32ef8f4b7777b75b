import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Messages given up after the last try, for a person to look at. */
@Entity({ name: 'dead_letter' })
export class DeadLetterEntity {
  /** Of the outbox message it was. */
  @PrimaryColumn({ type: 'bigint' })
  id!: number;

  @Column({ type: 'text' })
  queue!: string;

  @Column({ type: 'text' })
  topic!: string;

  @Column({ type: 'jsonb' })
  payload!: JsonObject;

  @Column({ type: 'integer' })
  attempt!: number;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  failed_at!: Date;
}
