import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { PACK_ENVIRONMENT_STATUSES, type PackEnvironmentStatus } from './enums.js';

/** An installed set of dependencies of a pack for one runtime. */
@Entity({ name: 'pack_environment' })
export class PackEnvironmentEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  env_key!: string;

  @Column({ type: 'bigint' })
  pack!: number;

  @Column({ type: 'text' })
  pack_ref!: string;

  @Column({ type: 'bigint', nullable: true })
  runtime!: number | null;

  @Column({ type: 'text' })
  runtime_ref!: string;

  /** Null: the runtime's default interpreter. */
  @Column({ type: 'text', nullable: true })
  runtime_version!: string | null;

  @Column({
    type: 'enum',
    enum: PACK_ENVIRONMENT_STATUSES,
    enumName: 'pack_environment_status',
    default: () => "'pending'::pack_environment_status",
  })
  status!: PackEnvironmentStatus;

  @Column({ type: 'text' })
  env_path!: string;

  /** SHA-256 of the dependency manifest it was built from; null: none. */
  @Column({ type: 'text', nullable: true })
  manifest_checksum!: string | null;

  @Column({ type: 'integer', default: () => '0' })
  attempt!: number;

  /** The one builder, until lease_expires_at; null: nobody builds. */
  @Column({ type: 'text', nullable: true })
  claimed_by!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  lease_expires_at!: Date | null;

  @Column({ type: 'text', nullable: true })
  last_error!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  installed_at!: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
