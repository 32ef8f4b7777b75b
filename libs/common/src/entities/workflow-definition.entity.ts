import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A graph of tasks. */
@Entity({ name: 'workflow_definition' })
export class WorkflowDefinitionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'bigint' })
  pack!: number;

  @Column({ type: 'text' })
  pack_ref!: string;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text' })
  version!: string;

  @Column({ type: 'jsonb', nullable: true })
  param_schema!: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  out_schema!: JsonObject | null;

  /** The whole graph as it was written, editor data included. */
  @Column({ type: 'jsonb' })
  definition!: JsonObject;

  @Column({ type: 'text', array: true, default: () => "'{}'::text[]" })
  tags!: string[];

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
