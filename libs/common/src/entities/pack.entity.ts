import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An installed pack. */
@Entity({ name: 'pack' })
export class PackEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text' })
  version!: string;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  conf_schema!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  config!: JsonObject;

  /** Free form, plus where the pack came from (source_type, checksum, …). */
  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  meta!: JsonObject;

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  tags!: string[];

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  runtime_deps!: string[];

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  dependencies!: string[];

  @Column({ type: 'boolean', default: () => 'false' })
  is_standard!: boolean;

  /** An operator's choice; a reload of the pack keeps it. */
  @Column({ type: 'boolean', default: () => 'true' })
  enabled!: boolean;

  @Column({ type: 'bigint', nullable: true })
  installed_by!: number | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
