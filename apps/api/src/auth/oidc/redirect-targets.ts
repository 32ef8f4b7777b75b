import { DomainError } from '@attune/common';

const MAX_LENGTH = 2_048;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Where a page wants to be after the login: a path of ours. Browsers read `//host`, `/\host` and the like as other sites.
 * @throws DomainError auth.bad_request
 */
export function requireLocalPath(path: string): string {
  const isLocal = /^\/(?![/\\])/.test(path) && !/[\\\p{Cc}]/u.test(path);
  if (isLocal && path.length <= MAX_LENGTH) return path;
  throw new DomainError('auth.bad_request', 'redirect_to must be a path that starts with a single /');
}

/**
 * Where the command line waits for its tokens: a program on the machine of the browser.
 * @throws DomainError auth.bad_request
 */
export function requireLoopbackAddress(address: string): URL {
  const url = address.length <= MAX_LENGTH ? URL.parse(address) : null;
  const isLoopback = url?.protocol === 'http:' && LOOPBACK.has(url.hostname);
  if (url && isLoopback && url.username === '' && url.password === '' && url.hash === '') return url;
  throw new DomainError(
    'auth.bad_request',
    'cli_redirect_uri must be an http:// address of localhost, 127.0.0.1 or [::1]',
  );
}
