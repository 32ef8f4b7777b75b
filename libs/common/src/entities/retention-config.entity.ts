import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type JsonObject } from '@attune/engine';

/** How long things are kept; at most one row, and without it the defaults hold. Of time-series tables their policies tell. */
@Entity({ name: 'retention_config' })
export class RetentionConfigEntity {
  @PrimaryColumn({ type: 'smallint', default: () => '1' })
  id!: number;

  @Column({ type: 'jsonb' })
  config!: JsonObject;

  /** Null: that identity is gone. */
  @Column({ type: 'bigint', nullable: true })
  updated_by!: number | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
