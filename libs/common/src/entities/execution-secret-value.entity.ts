import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { SECRET_ENTITY_TYPES, type SecretEntityType } from './enums.js';

/** What is redacted in execution.config, execution.result and enforcement.config. */
@Entity({ name: 'execution_secret_value' })
export class ExecutionSecretValueEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'enum', enum: SECRET_ENTITY_TYPES, enumName: 'secret_entity_type' })
  entity_type!: SecretEntityType;

  /** Id of the execution or enforcement; no foreign key can point there. */
  @Column({ type: 'bigint' })
  entity_id!: number;

  /** JSON pointer into the redacted value. */
  @Column({ type: 'text' })
  json_path!: string;

  /** Where the value came from; null: given by the caller. */
  @Column({ type: 'text', nullable: true })
  source_kind!: string | null;

  @Column({ type: 'text', nullable: true })
  source_ref!: string | null;

  /** Base64(nonce12 || ciphertext || tag), AES-256-GCM. */
  @Column({ type: 'text' })
  encrypted_value!: string;

  @Column({ type: 'text' })
  encryption_key_hash!: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
