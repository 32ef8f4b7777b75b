import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Failed logins, counted in buckets that leak. */
@Entity({ name: 'login_attempt' })
export class LoginAttemptEntity {
  @PrimaryColumn({ type: 'text' })
  scope!: string;

  /** Keyed digest of login, address or both: neither is kept. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** How full the bucket was at `counted_at`, 0 to 1; it leaks empty in one window. */
  @Column({ type: 'double precision' })
  level!: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  counted_at!: Date;

  /** From then on the row says nothing and may go. */
  @Column({ type: 'timestamptz' })
  expires_at!: Date;
}
