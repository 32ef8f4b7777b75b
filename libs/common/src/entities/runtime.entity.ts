import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What runs code of one language. */
@Entity({ name: 'runtime' })
export class RuntimeEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  /** Null: made over the API, belongs to no pack. */
  @Column({ type: 'bigint', nullable: true })
  pack!: number | null;

  @Column({ type: 'text', nullable: true })
  pack_ref!: string | null;

  @Column({ type: 'text' })
  name!: string;

  /** Other names in lower case, such as python3. */
  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  aliases!: string[];

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  distributions!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  installation!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  execution_config!: JsonObject;

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
