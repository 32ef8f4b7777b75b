import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Makes every task of a workflow start exactly once. */
@Entity({ name: 'workflow_task_dispatch' })
export class WorkflowTaskDispatchEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  workflow_execution!: number;

  @Column({ type: 'text' })
  task_name!: string;

  /** Loop round, from 0. */
  @Column({ type: 'integer', default: () => '0' })
  iteration!: number;

  /** Position in with_items; null: no items. */
  @Column({ type: 'integer', nullable: true })
  task_index!: number | null;

  /** The current attempt; null: not started yet. */
  @Column({ type: 'bigint', nullable: true })
  execution!: number | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
