import { type Json, type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import {
  ENFORCEMENT_CONDITIONS,
  ENFORCEMENT_STATUSES,
  type EnforcementCondition,
  type EnforcementStatus,
} from './enums.js';

/** A rule that matched an event. */
@Entity({ name: 'enforcement' })
export class EnforcementEntity {
  /** Time-ordered; `time_id()` makes it. */
  @PrimaryColumn({ type: 'bigint' })
  id!: number;

  @Column({ type: 'bigint', nullable: true })
  rule!: number | null;

  @Column({ type: 'text' })
  rule_ref!: string;

  @Column({ type: 'text' })
  trigger_ref!: string;

  @Column({ type: 'bigint', nullable: true })
  event!: number | null;

  /** Rendered action parameters, secrets redacted. */
  @Column({ type: 'jsonb', nullable: true })
  config!: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  payload!: Json;

  @Column({
    type: 'enum',
    enum: ENFORCEMENT_CONDITIONS,
    enumName: 'enforcement_condition',
    default: () => "'all'::enforcement_condition",
  })
  condition!: EnforcementCondition;

  @Column({ type: 'jsonb', nullable: true })
  conditions!: Json;

  @Column({
    type: 'enum',
    enum: ENFORCEMENT_STATUSES,
    enumName: 'enforcement_status',
    default: () => "'created'::enforcement_status",
  })
  status!: EnforcementStatus;

  /** `time_id_created(id)`, exact to the microsecond where a Date is not: look rows up by id. */
  @PrimaryColumn({ type: 'timestamptz' })
  created!: Date;

  /** When the status left "created". */
  @Column({ type: 'timestamptz', nullable: true })
  resolved_at!: Date | null;
}
