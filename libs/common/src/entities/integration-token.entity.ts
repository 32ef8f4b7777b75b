import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A long-lived token for a program, shown once and kept as a hash. */
@Entity({ name: 'integration_token' })
export class IntegrationTokenEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  identity_id!: number;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** Base64url SHA-256 of the token; the token is not kept. */
  @Column({ type: 'text' })
  token_hash!: string;

  @Column({ type: 'text' })
  token_prefix!: string;

  @Column({ type: 'text' })
  token_suffix!: string;

  @Column({ type: 'bigint', nullable: true })
  created_by!: number | null;

  /** Null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  expires_at!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  last_used_at!: Date | null;

  @Column({ type: 'inet', nullable: true })
  last_used_ip!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  revoked_at!: Date | null;

  @Column({ type: 'bigint', nullable: true })
  revoked_by!: number | null;

  @Column({ type: 'text', nullable: true })
  revocation_reason!: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
