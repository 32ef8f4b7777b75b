import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One version of an artifact; never changes once closed. */
@Entity({ name: 'artifact_version' })
export class ArtifactVersionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  artifact!: number;

  @Column({ type: 'integer' })
  version!: number;

  /** May dangle: executions have their own retention. */
  @Column({ type: 'bigint', nullable: true })
  execution!: number | null;

  @Column({ type: 'text', nullable: true })
  content_type!: string | null;

  /** Null: the file is still being written. */
  @Column({ type: 'bigint', nullable: true })
  size_bytes!: number | null;

  @Column({ type: 'bytea', nullable: true })
  content!: Buffer | null;

  @Column({ type: 'jsonb', nullable: true })
  content_json!: unknown;

  /** Below the artifacts directory. */
  @Column({ type: 'text', nullable: true })
  file_path!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  meta!: JsonObject | null;

  /** Worker, sensor, api or a login. */
  @Column({ type: 'text', nullable: true })
  created_by!: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
