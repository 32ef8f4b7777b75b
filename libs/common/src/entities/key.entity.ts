import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { OWNER_TYPES, type OwnerType } from './enums.js';

/** A stored value, secret or not, that belongs to somebody. */
@Entity({ name: 'key' })
export class KeyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'enum', enum: OWNER_TYPES, enumName: 'owner_type' })
  owner_type!: OwnerType;

  /** "system", or the id of the owner as text. */
  @Column({ type: 'text', nullable: true, insert: false, update: false })
  owner!: string | null;

  @Column({ type: 'bigint', nullable: true })
  owner_identity!: number | null;

  @Column({ type: 'bigint', nullable: true })
  owner_pack!: number | null;

  @Column({ type: 'text', nullable: true })
  owner_pack_ref!: string | null;

  @Column({ type: 'bigint', nullable: true })
  owner_action!: number | null;

  @Column({ type: 'text', nullable: true })
  owner_action_ref!: string | null;

  @Column({ type: 'bigint', nullable: true })
  owner_sensor!: number | null;

  @Column({ type: 'text', nullable: true })
  owner_sensor_ref!: string | null;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'boolean', default: () => 'false' })
  encrypted!: boolean;

  /** SHA-256 hex of the key it was encrypted with; null: not encrypted. */
  @Column({ type: 'text', nullable: true })
  encryption_key_hash!: string | null;

  /** When encrypted: a JSON string, base64(nonce12 || ciphertext || tag). */
  @Column({ type: 'jsonb' })
  value!: unknown;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
