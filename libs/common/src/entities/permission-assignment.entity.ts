import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A permission set given to one identity. */
@Entity({ name: 'permission_assignment' })
export class PermissionAssignmentEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  identity_id!: number;

  @Column({ type: 'bigint' })
  permission_set_id!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
