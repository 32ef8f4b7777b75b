import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Somebody who acts: a person, a service, the platform itself (id 1). */
@Entity({ name: 'identity' })
export class IdentityEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  login!: string;

  @Column({ type: 'text', nullable: true })
  display_name!: string | null;

  /** Argon2id PHC text; null: cannot log in with a password. */
  @Column({ type: 'text', nullable: true })
  password_hash!: string | null;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  attributes!: JsonObject;

  /** Login and refresh are refused. */
  @Column({ type: 'boolean', default: () => 'false' })
  frozen!: boolean;

  /** Refresh tokens that carry another number are refused. The database moves it with `password_hash`. */
  @Column({ type: 'integer', default: () => '0' })
  session_version!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
