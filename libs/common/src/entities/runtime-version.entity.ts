import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Versions a runtime knows; which of them exist is per worker, in worker.capabilities. */
@Entity({ name: 'runtime_version' })
export class RuntimeVersionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  runtime!: number;

  @Column({ type: 'text' })
  runtime_ref!: string;

  @Column({ type: 'text' })
  version!: string;

  @Column({ type: 'boolean', default: () => 'false' })
  is_default!: boolean;

  /** Complete, not a patch of the runtime's own. */
  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  execution_config!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  distributions!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  meta!: JsonObject;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
