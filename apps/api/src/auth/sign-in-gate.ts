import { type TokenResponse } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { type HttpExchange } from '../http/exchange.js';
import { type Attempt, SignInAudit } from './sign-in-audit.js';
import { LoginThrottle } from './throttle/login-throttle.js';
import { type TokenPair, TokenPairs, type TokenSubject } from './token-pair.js';

/** Somebody who was recognised. */
export interface Person extends TokenSubject {
  readonly display_name: string | null;
}

/** What everybody who shows a secret goes through: not too many tries, a line in the audit log, tokens at the end. */
@Injectable()
export class SignInGate {
  constructor(
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
    @Inject(SignInAudit) private readonly audit: SignInAudit,
    @Inject(TokenPairs) private readonly pairs: TokenPairs,
  ) {}

  /**
   * @param recognise finds out who it is
   * @param makePair other tokens than the usual ones
   */
  async enter<T extends Person>(
    http: HttpExchange,
    attempt: Attempt,
    recognise: () => Promise<T>,
    makePair: (person: T) => Promise<TokenPair> = (person) => this.pairs.make(person),
  ): Promise<TokenResponse> {
    const guarded = () => this.throttle.guard(http, attempt.login, recognise);
    const person = await this.audit.watch(http, attempt, guarded, (known) => known);
    return { ...(await makePair(person)), user: showUser(person) };
  }

  /** For somebody who makes their own identity: that costs work each time, so also what succeeds is counted. */
  async register(http: HttpExchange, create: () => Promise<Person>): Promise<TokenResponse> {
    await this.throttle.charge(http);
    const person = await create();
    this.audit.registered(http, person);
    return { ...(await this.pairs.make(person)), user: showUser(person) };
  }
}

export const showUser = ({ id, login, display_name }: Person) => ({ id, login, display_name });
