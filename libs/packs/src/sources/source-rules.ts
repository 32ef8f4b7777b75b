import { DomainError } from '@attune/common';

/** From where packs may be fetched. */
export interface SourceRules {
  /** Plain `http://` and `git://` as well. */
  readonly allowHttp: boolean;
  /** Empty: every host with a public address. */
  readonly allowedHosts: readonly string[];
  /** Hosts of the pack indices: allowed too, but only at public addresses. */
  readonly indexHosts: readonly string[];
}

export const sourceProblem = (message: string, cause?: unknown): DomainError =>
  new DomainError('pack.bad_request', message, {}, { cause });

/** Host of a URL as the rules name it. */
export const hostOf = ({ hostname }: Pick<URL, 'hostname'>): string =>
  hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

/** A host an operator named. Only such a one may have a private address. */
export const isNamedHost = (rules: SourceRules, host: string): boolean =>
  rules.allowedHosts.some((allowed) => allowed.toLowerCase() === host);

/** @throws DomainError when packs may not come from there */
export function requireAllowedHost(rules: SourceRules, host: string): void {
  if (rules.allowedHosts.length === 0 || isNamedHost(rules, host) || rules.indexHosts.includes(host)) return;
  throw sourceProblem(`Packs may not be fetched from '${host}': it is none of the allowed hosts`);
}

/**
 * Reads the address of something to fetch over HTTP.
 *
 * @throws DomainError for another protocol, credentials in the address or a host that is not allowed
 */
export function readHttpUrl(text: string, rules: SourceRules): URL {
  if (!URL.canParse(text)) throw sourceProblem('The source is no valid URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw sourceProblem('The source must not hold credentials');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.allowHttp)) {
    throw sourceProblem(
      `The source must begin with https://${url.protocol === 'http:' ? ' (plain http is not allowed)' : ''}`,
    );
  }
  requireAllowedHost(rules, hostOf(url));
  return url;
}
