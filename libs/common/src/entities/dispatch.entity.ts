import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Scheduled executions waiting for their worker; the worker deletes the row when it starts. */
@Entity({ name: 'dispatch' })
export class DispatchEntity {
  @PrimaryColumn({ type: 'bigint' })
  execution!: number;

  @Column({ type: 'bigint' })
  worker!: number;

  @Column({ type: 'text' })
  action_ref!: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  available_at!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
