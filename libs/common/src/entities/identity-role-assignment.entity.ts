import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { ROLE_SOURCES, type RoleSource } from './enums.js';

/** A role name an identity has. */
@Entity({ name: 'identity_role_assignment' })
export class IdentityRoleAssignmentEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  identity_id!: number;

  @Column({ type: 'text' })
  role!: string;

  @Column({ type: 'enum', enum: ROLE_SOURCES, enumName: 'role_source', default: () => "'manual'::role_source" })
  source!: RoleSource;

  /** Kept in step with the provider at each login; not editable. */
  @Column({ type: 'boolean', default: () => 'false' })
  managed!: boolean;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
