import { type JsonObject } from '@attune/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ROLE_SOURCES, type RoleSource } from './enums.js';

/** The account of an outside provider that an identity belongs to. */
@Entity({ name: 'identity_link' })
export class IdentityLinkEntity {
  @PrimaryColumn({ type: 'bigint' })
  identity_id!: number;

  @Column({ type: 'enum', enum: ROLE_SOURCES, enumName: 'role_source' })
  provider!: Exclude<RoleSource, 'manual'>;

  /** Of OIDC the issuer; of LDAP always the same: there is one directory. */
  @Column({ type: 'text' })
  issuer!: string;

  /** Who it is to the issuer, for good: names and e-mail addresses may change hands. */
  @Column({ type: 'text' })
  subject!: string;

  /** What the provider said at the last login. */
  @Column({ type: 'jsonb' })
  profile!: JsonObject;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  last_login_at!: Date;
}
