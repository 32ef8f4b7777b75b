import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A named list of grants. */
@Entity({ name: 'permission_set' })
export class PermissionSetEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text' })
  ref!: string;

  @Column({ type: 'bigint', nullable: true })
  pack!: number | null;

  @Column({ type: 'text', nullable: true })
  pack_ref!: string | null;

  @Column({ type: 'text', nullable: true })
  label!: string | null;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** Array of {resource, actions[], constraints?}. */
  @Column({ type: 'jsonb', default: () => "'[]'::jsonb" })
  grants!: readonly JsonObject[];

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
