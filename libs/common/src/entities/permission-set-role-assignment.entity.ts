import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A permission set given to everybody with a role. */
@Entity({ name: 'permission_set_role_assignment' })
export class PermissionSetRoleAssignmentEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  permission_set_id!: number;

  @Column({ type: 'text' })
  role!: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
