import { type AnyOperation } from '@attune/contract';
import { CONFIG, type Config, DomainError, type TokenClaims, TokenSigner } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { cookieOf } from '../http/cookies.js';
import { type HttpExchange } from '../http/exchange.js';
import { requireOwnOrigin } from '../http/own-origin.js';
import { TokenRejected } from '../http/rejections.js';
import { Caller, type CallerFacts } from './caller.js';
import { readExecutionRights } from './execution-rights.js';
import { readGrants } from './grants.js';
import { findExecutionRights } from './sql/find-execution-rights.sql.js';
import { findIdentityRights, type IdentityRights } from './sql/find-identity-rights.sql.js';
import { isMeantFor } from './token-purpose.js';

export const ACCESS_COOKIE = 'attune_access_token';

const sensorMetadata = z.object({ trigger_types: z.array(z.string()) });

/** Finds out who sends a request. Rights are read from the database each time, so a change counts at once. */
@Injectable()
export class AuthenticationService {
  constructor(
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @throws TokenRejected no usable token
   * @throws DomainError 403: the identity is frozen, this kind of token may not do this, or another site's page asks
   */
  async authenticate(operation: AnyOperation, http: HttpExchange): Promise<Caller> {
    const isByCookie = cookieOf(http.header('cookie'), ACCESS_COOKIE) !== undefined;
    if (isByCookie) requireOwnOrigin(operation, http, this.config.server.corsOrigins);
    const verdict = await this.signer.verify(tokenOf(http));
    if (verdict.type === 'expired') throw new TokenRejected('The token has expired');
    if (verdict.type === 'invalid') throw new TokenRejected('The token is not valid');
    const { claims } = verdict;
    if (claims.token_type === 'refresh') throw new TokenRejected('A refresh token only makes new tokens');
    if (!isMeantFor(claims.token_type, operation)) {
      throw new DomainError(
        'permission.forbidden',
        `This cannot be done with a token of the type ${claims.token_type}`,
      );
    }
    return new Caller(await this.factsOf(claims, operation), http.origin);
  }

  private async factsOf(claims: TokenClaims, operation: AnyOperation): Promise<CallerFacts> {
    if (claims.token_type === 'execution') return this.executionFacts(claims, operation);
    const identity = await findIdentityRights(this.dataSource, Number(claims.sub));
    // Sensors and workers act for the platform: they have no rights but the few that belong to their kind.
    const grants = claims.token_type === 'access' ? readGrants(identity?.grants) : [];
    const triggers = sensorMetadata.safeParse(claims.metadata);
    return {
      ...subjectOf(claims, identity),
      grants,
      executionId: null,
      triggerRefs: claims.token_type === 'sensor' && triggers.success ? triggers.data.trigger_types : [],
    };
  }

  /** The rights of an execution are those of the sets its token names, never those of the identity it runs as. */
  private async executionFacts(claims: TokenClaims, { permission }: AnyOperation): Promise<CallerFacts> {
    const named = readExecutionRights(claims.metadata);
    if (!named) throw new TokenRejected('The token is not valid');
    const { executionId, setRefs: refs, standardGrants } = named;
    const rights = await findExecutionRights(this.dataSource, { executionId, identityId: Number(claims.sub), refs });
    if (!rights?.isLive) throw new TokenRejected('The execution of this token has ended');
    const subject = subjectOf(claims, rights);
    if (permission !== null && rights.setCount < refs.length) {
      throw new DomainError('permission.forbidden', 'A permission set of this execution does not exist any more');
    }
    return { ...subject, grants: [...readGrants(rights.grants), ...standardGrants], executionId, triggerRefs: [] };
  }
}

function subjectOf(claims: TokenClaims, identity: Pick<IdentityRights, 'frozen' | 'attributes'> | null) {
  if (!identity) throw new TokenRejected('The identity of this token does not exist any more');
  if (identity.frozen) throw new DomainError('identity.forbidden', 'This identity is frozen');
  return {
    tokenType: claims.token_type as CallerFacts['tokenType'], // refresh tokens were refused above
    identityId: Number(claims.sub),
    login: claims.login,
    attributes: identity.attributes,
  };
}

/** The cookie is looked at first; a bad one is not made good by a header. */
function tokenOf(http: HttpExchange): string {
  const cookie = cookieOf(http.header('cookie'), ACCESS_COOKIE);
  if (cookie !== undefined) return cookie;
  const header = http.header('authorization');
  if (header === undefined) throw new TokenRejected('Missing token: send Authorization: Bearer <token>');
  if (!header.startsWith('Bearer ')) throw new TokenRejected('The Authorization header must be: Bearer <token>');
  return header.slice('Bearer '.length);
}
