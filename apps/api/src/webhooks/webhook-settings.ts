import { DomainError, isAddressRange, type SecretBox } from '@attune/common';
import {
  TriggerWebhookConfig,
  type WebhookHmac,
  type WebhookIpWhitelist,
  type WebhookRateLimit,
} from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { asStored } from '../domain/wire.js';

/** Stands for a secret in answers; sent back, it keeps the stored one. */
export const HIDDEN_SECRET = '***';

/** The API takes no larger body (KiB), so a higher limit would promise what does not hold. */
const MAX_SIZE_KB = 2_048;

const MAX_ADDRESSES = 1_000;
const MAX_REQUESTS = 1_000_000;

/** A month (s): counting reads the log that far back. */
const MAX_WINDOW_SECONDS = 31 * 86_400;

const MAX_SECRET_LENGTH = 1_024;

/** The settings as they are shown: without the secret. What cannot be read is shown as no settings at all. */
export function showSettings(stored: JsonObject): TriggerWebhookConfig {
  const parsed = TriggerWebhookConfig.safeParse(stored);
  if (!parsed.success) return {};
  const { hmac } = parsed.data;
  return hmac?.secret == null ? parsed.data : { ...parsed.data, hmac: { ...hmac, secret: HIDDEN_SECRET } };
}

/**
 * The settings as they are stored: complete where a check is on, and with the secret encrypted.
 * @throws DomainError 422 for anything a check could not work with
 */
export function readSettings(given: TriggerWebhookConfig, stored: JsonObject, secrets: SecretBox): JsonObject {
  const { payload_size_limit_kb: sizeKb, ip_whitelist: addresses, rate_limit: rate, hmac } = given;
  if (sizeKb != null) requireBetween('payload_size_limit_kb', sizeKb, MAX_SIZE_KB);
  if (addresses) requireAddresses(addresses);
  if (rate) requireRate(rate);
  return asStored(withoutNulls({ ...given, hmac: hmac ? readHmac(hmac, stored, secrets) : null }));
}

function requireAddresses({ enabled, ips }: WebhookIpWhitelist): void {
  if (enabled && (ips == null || ips.length === 0)) throw problem('ip_whitelist.ips', 'must name who may send');
  if ((ips?.length ?? 0) > MAX_ADDRESSES)
    throw problem('ip_whitelist.ips', `may have at most ${MAX_ADDRESSES} entries`);
  const wrong = ips?.find((entry) => !isAddressRange(entry));
  if (wrong !== undefined) {
    throw problem('ip_whitelist.ips', `"${wrong}" is neither an IP address nor a network such as 192.0.2.0/24`);
  }
}

function requireRate({ enabled, requests, window_seconds: seconds }: WebhookRateLimit): void {
  if (enabled && (requests == null || seconds == null))
    throw problem('rate_limit', 'needs requests and window_seconds');
  if (requests != null) requireBetween('rate_limit.requests', requests, MAX_REQUESTS);
  if (seconds != null) requireBetween('rate_limit.window_seconds', seconds, MAX_WINDOW_SECONDS);
}

function readHmac(hmac: WebhookHmac, stored: JsonObject, secrets: SecretBox): WebhookHmac {
  const secret = hmac.secret === HIDDEN_SECRET ? secretOf(stored) : sealed(hmac.secret, secrets);
  if (hmac.enabled && secret === null) throw problem('hmac.secret', 'is needed to check signatures');
  if (hmac.enabled && hmac.algorithm == null) throw problem('hmac.algorithm', 'must be sha256, sha512 or sha1');
  return { ...hmac, secret };
}

function sealed(secret: string | null | undefined, secrets: SecretBox): string | null {
  if (secret == null || secret === '') return null;
  if (secret.length > MAX_SECRET_LENGTH)
    throw problem('hmac.secret', `may have at most ${MAX_SECRET_LENGTH} characters`);
  return secrets.seal(secret);
}

/** The encrypted secret; null: none. */
export function secretOf(stored: JsonObject): string | null {
  const parsed = TriggerWebhookConfig.safeParse(stored);
  return parsed.success ? (parsed.data.hmac?.secret ?? null) : null;
}

function requireBetween(field: string, value: number, max: number): void {
  if (value < 1 || value > max) throw problem(field, `must be between 1 and ${max}`);
}

/** Absent and null mean the same, also inside the sections; one form is stored. */
const withoutNulls = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([key, part]: [string, unknown]) => [key, isSection(part) ? withoutNulls(part) : part]),
  );

const isSection = (part: unknown): part is object => typeof part === 'object' && part !== null && !Array.isArray(part);

const problem = (field: string, what: string): DomainError => new DomainError('webhook.invalid', `${field} ${what}`);
