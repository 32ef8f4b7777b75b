import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { PACK_TEST_REASONS, type PackTestReason } from './enums.js';

/** A run of the tests of a pack. */
@Entity({ name: 'pack_test_execution' })
export class PackTestExecutionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ type: 'bigint' })
  pack_id!: number;

  @Column({ type: 'text' })
  pack_version!: string;

  @Column({ type: 'timestamptz' })
  execution_time!: Date;

  @Column({ type: 'enum', enum: PACK_TEST_REASONS, enumName: 'pack_test_reason' })
  trigger_reason!: PackTestReason;

  @Column({ type: 'integer' })
  total_tests!: number;

  @Column({ type: 'integer' })
  passed!: number;

  @Column({ type: 'integer' })
  failed!: number;

  @Column({ type: 'integer' })
  skipped!: number;

  @Column({ type: 'double precision' })
  pass_rate!: number;

  @Column({ type: 'bigint' })
  duration_ms!: number;

  @Column({ type: 'jsonb', nullable: true })
  result!: JsonObject | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;
}
