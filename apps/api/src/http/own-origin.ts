import { DomainError } from '@attune/common';
import { type AnyOperation } from '@attune/contract';
import { type HttpExchange } from './exchange.js';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * For requests that a cookie speaks for, because browsers send cookies along with requests that other sites make: what
 * changes something must come from our own address or from one of `server.cors_origins`. Programs that are no browser send
 * neither header, and nobody can make them send our cookies.
 * @throws DomainError permission.forbidden
 */
export function requireOwnOrigin(
  { method }: Pick<AnyOperation, 'method'>,
  http: Pick<HttpExchange, 'header'>,
  trusted: readonly string[],
): void {
  if (SAFE_METHODS.has(method)) return;
  const origin = http.header('origin');
  const site = http.header('sec-fetch-site');
  const isOwn =
    origin === undefined ? isOwnSite(site) : trusted.includes(origin) || isHost(origin, http.header('host'));
  if (isOwn) return;
  throw new DomainError('permission.forbidden', 'A page of another site may not use the cookies of this one');
}

const isOwnSite = (site: string | undefined): boolean => site === undefined || site === 'same-origin';

/** The scheme is left out: behind a proxy we do not know under which one we are seen. */
function isHost(origin: string, host: string | undefined): boolean {
  const url = URL.parse(origin);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.host !== '' && url.host === withoutDefaultPort(url, host)
  );
}

function withoutDefaultPort({ protocol }: URL, host = ''): string {
  return URL.parse(`${protocol}//${host}`)?.host ?? '';
}
