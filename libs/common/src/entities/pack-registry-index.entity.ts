import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A list of packs to install from. */
@Entity({ name: 'pack_registry_index' })
export class PackRegistryIndexEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'text', nullable: true })
  name!: string | null;

  @Column({ type: 'text' })
  url!: string;

  @Column({ type: 'integer', default: () => '0' })
  position!: number;

  @Column({ type: 'boolean', default: () => 'true' })
  enabled!: boolean;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  headers!: Readonly<Record<string, string>>;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
