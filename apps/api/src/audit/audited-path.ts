import { MASK } from '@attune/common';
import { type AnyOperation } from '@attune/contract';

/** Asked all the time, and about nothing; the audit log says itself who reads it. */
const UNAUDITED = /^\/(health|healthz|ready|docs[^/]*|api-spec[^/]*|api\/v1\/audit-events[^/]*)(\/|$)/;

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** Whether a request to this URL is noted. */
export const isAudited = (url: string): boolean => !UNAUDITED.test(pathOf(url));

/**
 * The path of a URL as the audit log shows it: without its query, in which tokens may travel, and without the keys of
 * webhooks, which are all that protects them. Where no operation was found, whatever may be meant as such a key goes.
 */
export function auditedPath(url: string, operation: AnyOperation | undefined): string {
  const path = pathOf(url);
  if (operation && operation.auth !== 'webhook-key') return path;
  return path.replace(/(webhooks\/+)[^/]+/i, `$1${MASK}`);
}
