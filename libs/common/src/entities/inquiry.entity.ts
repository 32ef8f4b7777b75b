import { type Json, type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { INQUIRY_STATUSES, type InquiryStatus } from './enums.js';

/** A question to a person that an execution waits for. */
@Entity({ name: 'inquiry' })
export class InquiryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  execution!: number;

  @Column({ type: 'text' })
  prompt!: string;

  @Column({ type: 'jsonb', nullable: true })
  response_schema!: JsonObject | null;

  /** Used at the deadline; null: none. */
  @Column({ type: 'jsonb', nullable: true })
  default_response!: Json;

  /** Null: anybody with the right may answer. */
  @Column({ type: 'bigint', nullable: true })
  assigned_to!: number | null;

  @Column({
    type: 'enum',
    enum: INQUIRY_STATUSES,
    enumName: 'inquiry_status',
    default: () => "'pending'::inquiry_status",
  })
  status!: InquiryStatus;

  /** Null: none, or the answer was null; the status tells. */
  @Column({ type: 'jsonb', nullable: true })
  response!: Json;

  @Column({ type: 'bigint', nullable: true })
  responded_by!: number | null;

  /** Null: waits without limit. */
  @Column({ type: 'timestamptz', nullable: true })
  timeout_at!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  responded_at!: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
