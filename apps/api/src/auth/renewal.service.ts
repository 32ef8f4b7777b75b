import { DomainError, TokenSigner } from '@attune/common';
import { type TokenResponse } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { type HttpExchange } from '../http/exchange.js';
import { RefreshService } from './refresh.service.js';
import { type RenewedToken, SensorTokensService } from './sensor-tokens/sensor-tokens.service.js';
import { SignInAudit } from './sign-in-audit.js';

const BEARER = 'Bearer ';

/** Gives new tokens for old ones, to people and to sensors. */
@Injectable()
export class RenewalService {
  constructor(
    @Inject(RefreshService) private readonly refreshes: RefreshService,
    @Inject(SensorTokensService) private readonly sensorTokens: SensorTokensService,
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(SignInAudit) private readonly audit: SignInAudit,
  ) {}

  /** @throws DomainError 401, or 403 when the identity is frozen */
  refresh(http: HttpExchange, token: string): Promise<TokenResponse> {
    const attempt = { kind: 'token_refresh', method: 'refresh_token', login: null } as const;
    // Who it is stands in the tokens, which the audit log of every later request shows.
    return this.audit.watch(
      http,
      attempt,
      () => this.refreshes.execute(token, http),
      () => null,
    );
  }

  /**
   * Sensors have no refresh token: they show the token they have. Null when the request shows none of a sensor.
   * @throws DomainError 401 when it has expired, 403 when it is not renewed any more
   */
  async renewSensor(http: HttpExchange): Promise<RenewedToken | null> {
    const header = http.header('authorization');
    if (header?.startsWith(BEARER) !== true) return null;
    const verdict = await this.signer.verify(header.slice(BEARER.length));
    if (verdict.type === 'expired') throw new DomainError('auth.unauthenticated', 'The token has expired');
    if (verdict.type !== 'valid' || verdict.claims.token_type !== 'sensor') return null;
    const { claims } = verdict;
    const attempt = { kind: 'token_refresh', method: 'sensor_token', login: claims.login } as const;
    const known = { id: Number(claims.sub), login: claims.login };
    return this.audit.watch(
      http,
      attempt,
      () => this.sensorTokens.renew(claims),
      () => known,
    );
  }
}
