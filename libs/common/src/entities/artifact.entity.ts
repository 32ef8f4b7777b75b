import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import {
  ARTIFACT_TYPES,
  ARTIFACT_VISIBILITIES,
  type ArtifactType,
  type ArtifactVisibility,
  OWNER_TYPES,
  type OwnerType,
  RETENTION_POLICY_TYPES,
  type RetentionPolicyType,
} from './enums.js';

/** Something executions or sensors left behind; its content is in versions. */
@Entity({ name: 'artifact' })
export class ArtifactEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'enum', enum: OWNER_TYPES, enumName: 'owner_type' })
  scope!: OwnerType;

  /** Ref of the owner; of an identity its id as text; "system". */
  @Column({ type: 'text' })
  owner!: string;

  @Column({ type: 'enum', enum: ARTIFACT_TYPES, enumName: 'artifact_type' })
  type!: ArtifactType;

  @Column({
    type: 'enum',
    enum: ARTIFACT_VISIBILITIES,
    enumName: 'artifact_visibility',
    default: () => "'private'::artifact_visibility",
  })
  visibility!: ArtifactVisibility;

  @Column({
    type: 'enum',
    enum: RETENTION_POLICY_TYPES,
    enumName: 'retention_policy_type',
    default: () => "'versions'::retention_policy_type",
  })
  retention_policy!: RetentionPolicyType;

  @Column({ type: 'integer', default: () => '5' })
  retention_limit!: number;

  @Column({ type: 'text', nullable: true })
  name!: string | null;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text', nullable: true })
  content_type!: string | null;

  /** Of the newest version; null: unknown. */
  @Column({ type: 'bigint', nullable: true })
  size_bytes!: number | null;

  /** Entries of a progress artifact, or a structured value. */
  @Column({ type: 'jsonb', nullable: true })
  data!: unknown;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
