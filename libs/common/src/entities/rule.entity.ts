import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** When this happens, do that. */
@Entity({ name: 'rule' })
export class RuleEntity {
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

  /** Null: the action is gone (action_ref stays); the rule does nothing. */
  @Column({ type: 'bigint', nullable: true })
  action!: number | null;

  @Column({ type: 'text' })
  action_ref!: string;

  @Column({ type: 'bigint', nullable: true })
  trigger!: number | null;

  @Column({ type: 'text' })
  trigger_ref!: string;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  conditions!: JsonObject | readonly JsonObject[];

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  action_params!: JsonObject;

  @Column({ type: 'jsonb', default: () => "'{}'::jsonb" })
  trigger_params!: JsonObject;

  /** Null: the action's default; empty: the execution gets no token. */
  @Column({ type: 'text', array: true, nullable: true })
  permission_set_refs!: string[] | null;

  @Column({ type: 'boolean', default: () => 'true' })
  enabled!: boolean;

  @Column({ type: 'boolean', default: () => 'false' })
  is_adhoc!: boolean;

  /** Who executes; null: the system identity. */
  @Column({ type: 'bigint', nullable: true })
  owner_identity!: number | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated!: Date;
}
