import { type AuditEventType, DomainError } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { type HttpExchange } from '../http/exchange.js';

/** Kinds of attempts that are told of, with what they are called in the audit log. */
type AttemptKind = 'login' | 'token_login' | 'token_refresh';

/** Somebody shows a secret. */
export interface Attempt {
  readonly kind: AttemptKind;
  /** `password`, `oidc`, `ldap`, `integration_token`, `refresh_token`. */
  readonly method: string;
  /** As somebody typed it; null: what they show names nobody. */
  readonly login: string | null;
}

interface Known {
  readonly id: number;
  readonly login: string;
}

/** Tells the audit log who came in, and who did not. */
@Injectable()
export class SignInAudit {
  constructor(@Inject(AuditTrail) private readonly audit: AuditTrail) {}

  /** Does `attempt` and notes how it ended. Errors of ours are no failed logins. */
  async watch<T>(
    http: HttpExchange,
    { kind, method, login }: Attempt,
    attempt: () => Promise<T>,
    knownAs: (result: T) => Known | null,
  ): Promise<T> {
    try {
      const result = await attempt();
      this.succeeded(http, `auth.${kind}.success`, method, knownAs(result));
      return result;
    } catch (error) {
      if (error instanceof DomainError) this.failed(http, { kind, method, login }, error);
      throw error;
    }
  }

  registered(http: HttpExchange, identity: Known): void {
    this.succeeded(http, 'auth.register.success', 'password', identity);
  }

  private succeeded(http: HttpExchange, type: AuditEventType, method: string, known: Known | null): void {
    const by = { origin: { ...http.origin, identityId: known?.id ?? null, login: known?.login ?? null } };
    const resource = known ? { type: 'identity', id: known.id, ref: known.login } : null;
    this.audit.note(by, { type, details: { method }, ...(resource && { resource }) });
  }

  private failed(http: HttpExchange, { kind, method, login }: Attempt, { code, problem }: DomainError): void {
    if (problem === 'unavailable' || problem === 'not_implemented') return;
    const type = problem === 'rate_limited' ? 'security.rate_limited' : (`auth.${kind}.failure` as const);
    const resource = login === null ? null : { type: 'identity', ref: login };
    this.audit.note(http, { type, details: { method, reason: code }, ...(resource && { resource }) });
  }
}
