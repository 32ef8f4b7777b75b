import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import {
  AUDIT_CATEGORIES,
  AUDIT_OUTCOMES,
  AUDIT_TOKEN_TYPES,
  type AuditCategory,
  type AuditOutcome,
  type AuditTokenType,
} from './enums.js';

/** Who did what, from where and how it ended. Append-only: the database refuses changes. */
@Entity({ name: 'audit_event' })
export class AuditEventEntity {
  /** Time-ordered. */
  @PrimaryColumn({ type: 'bigint' })
  id!: number;

  /** When it happened: `time_id_created(id)`, exact to the microsecond where a Date is not. */
  @PrimaryColumn({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'enum', enum: AUDIT_CATEGORIES, enumName: 'audit_category' })
  category!: AuditCategory;

  @Column({ type: 'text' })
  event_type!: string;

  @Column({ type: 'enum', enum: AUDIT_OUTCOMES, enumName: 'audit_outcome' })
  outcome!: AuditOutcome;

  /** May dangle. Null: nobody was recognised, or the platform itself did it. */
  @Column({ type: 'bigint', nullable: true })
  actor_identity!: number | null;

  /** As given in a login that failed. Null: nobody was recognised. */
  @Column({ type: 'text', nullable: true })
  actor_login!: string | null;

  /** Null: there was no token. `system`: the platform itself did it. */
  @Column({ type: 'enum', enum: AUDIT_TOKEN_TYPES, enumName: 'audit_token_type', nullable: true })
  actor_token_type!: AuditTokenType | null;

  /** The other end of the connection. Null: it was no request. */
  @Column({ type: 'text', nullable: true })
  actor_ip!: string | null;

  @Column({ type: 'text', nullable: true })
  actor_user_agent!: string | null;

  /** Null: it was no request. */
  @Column({ type: 'uuid', nullable: true })
  request_id!: string | null;

  /** Null: it was about nothing in particular. */
  @Column({ type: 'text', nullable: true })
  resource_type!: string | null;

  /** May dangle. Null: it has no numeric id, or none yet. */
  @Column({ type: 'bigint', nullable: true })
  resource_id!: number | null;

  /** Its lasting name. Null: it has none. */
  @Column({ type: 'text', nullable: true })
  resource_ref!: string | null;

  /** This and what follows up to the duration: of `api.*` events, null for all others. */
  @Column({ type: 'text', nullable: true })
  http_method!: string | null;

  /** With the keys of webhooks masked and without the query. */
  @Column({ type: 'text', nullable: true })
  http_path!: string | null;

  @Column({ type: 'integer', nullable: true })
  http_status!: number | null;

  @Column({ type: 'integer', nullable: true })
  duration_ms!: number | null;

  /** Secrets are masked. */
  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  details!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  correlation_chain!: JsonObject;
}
