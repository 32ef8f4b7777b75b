import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type Key = Awaited<ReturnType<typeof generateKeyPair>>;

/** What an authorization code stands for until it is redeemed. */
interface Grant {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

/** How the provider behaves; a test changes what it wants to see refused. */
export interface ProviderBehaviour {
  /** Claims of the person who is logged in at the provider, besides the usual ones. */
  claims: Record<string, unknown>;
  /** Laid over the claims of the ID token at the very end. */
  idTokenClaims: Record<string, unknown>;
  /** What only the user-info endpoint tells. */
  userInfo: Record<string, unknown>;
  /** Sign with a key that is not published. */
  isForged: boolean;
  /** Answers everything but its metadata with this status. */
  status: number | null;
}

export const CLIENT = { id: 'attune', secret: 'client secret' };

/** A small OpenID Connect provider that knows one client and logs everybody in who is sent to it. */
export class OidcProvider {
  behaviour: ProviderBehaviour = OidcProvider.good();
  private readonly grants = new Map<string, Grant>();

  private constructor(
    private readonly server: Server,
    private readonly key: Key,
    private readonly otherKey: Key,
  ) {
    server.on('request', (request, response) => {
      this.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  static async start(): Promise<OidcProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OidcProvider(server, await generateKeyPair('RS256'), await generateKeyPair('RS256'));
  }

  static good(): ProviderBehaviour {
    return { claims: { sub: 'ada-1' }, idTokenClaims: {}, userInfo: {}, isForged: false, status: null };
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What a browser does that is sent here: logs in, and comes back with these parameters. */
  authorize(location: string): URLSearchParams {
    const { origin, pathname, searchParams: query } = new URL(location);
    if (origin !== this.issuer || pathname !== '/authorize') throw new Error(`sent to ${location}`);
    const of = (name: string) => query.get(name) ?? '';
    if (of('client_id') !== CLIENT.id || of('response_type') !== 'code' || of('code_challenge_method') !== 'S256') {
      throw new Error(`not a request we know: ${location}`);
    }
    const code = randomBytes(8).toString('hex');
    this.grants.set(code, { nonce: of('nonce'), challenge: of('code_challenge'), redirectUri: of('redirect_uri') });
    return new URLSearchParams({ code, state: of('state'), iss: this.issuer });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.issuer);
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (pathname === '/.well-known/openid-configuration') return void json(this.metadata());
    if (this.behaviour.status !== null) return void response.writeHead(this.behaviour.status).end();
    if (pathname === '/jwks')
      return void json({ keys: [{ ...(await exportJWK(this.key.publicKey)), kid: 'k', alg: 'RS256' }] });
    if (pathname === '/userinfo') return void json({ sub: this.behaviour.claims['sub'], ...this.behaviour.userInfo });
    if (pathname === '/token') return void json(...(await this.redeem(new URLSearchParams(await text(request)))));
    response.writeHead(404).end();
  }

  private metadata() {
    const at = (path: string) => `${this.issuer}${path}`;
    return {
      issuer: this.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      jwks_uri: at('/jwks'),
      userinfo_endpoint: at('/userinfo'),
      end_session_endpoint: at('/logout'),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** A code works once, for who holds its secret. */
  private async redeem(form: URLSearchParams): Promise<[unknown, number]> {
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isOurs = form.get('client_id') === CLIENT.id && form.get('client_secret') === CLIENT.secret;
    if (!grant || !isOurs || challenge !== grant.challenge || form.get('redirect_uri') !== grant.redirectUri) {
      return [{ error: 'invalid_grant' }, 400];
    }
    const id_token = await this.idToken(grant);
    return [{ access_token: 'opaque', token_type: 'Bearer', expires_in: 60, id_token }, 200];
  }

  private idToken({ nonce }: Grant): Promise<string> {
    const { claims, idTokenClaims, isForged } = this.behaviour;
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: CLIENT.id, iat: now, exp: now + 300, nonce };
    return new SignJWT({ ...usual, ...claims, ...idTokenClaims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(isForged ? this.otherKey.privateKey : this.key.privateKey);
  }
}
