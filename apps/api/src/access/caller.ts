import { type AuditOrigin } from '@attune/common';
import { type TokenType } from '@attune/contract';
import { type StoredGrant } from './grants.js';

/** Who asks, as their token and the database say. */
export interface CallerFacts {
  readonly tokenType: Exclude<TokenType, 'refresh'>;
  readonly identityId: number;
  /** Login of the token: of an execution token `execution:<id>`. */
  readonly login: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What the caller may do, whatever the token type: nothing is implied. */
  readonly grants: readonly StoredGrant[];
  /** The execution an execution token was made for. */
  readonly executionId: number | null;
  /** Triggers a sensor token may create events for. */
  readonly triggerRefs: readonly string[];
}

/** Who asks, and whether anybody looked at their permission: an answer that nobody checked is never sent. */
export class Caller {
  isChecked = false;

  /** A permission was looked for in vain, whatever the answer then says: it may be that there is no such thing. */
  isRefused = false;

  /** For the audit log. */
  readonly origin: AuditOrigin;

  constructor(
    readonly facts: CallerFacts,
    from: AuditOrigin,
  ) {
    const { identityId, login, tokenType, executionId } = facts;
    const chain = executionId === null ? {} : { execution_id: executionId };
    this.origin = { ...from, identityId, login, tokenType, chain };
  }

  get identityId(): number {
    return this.facts.identityId;
  }
}
