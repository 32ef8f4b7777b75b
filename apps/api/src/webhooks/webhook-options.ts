import { z } from 'zod';

/** A section that is switched off may lack everything else; one that is on must be complete. */
const section = <S extends z.ZodRawShape>(shape: S) =>
  z.discriminatedUnion('enabled', [
    z.looseObject({ enabled: z.literal(false) }),
    z.strictObject({ enabled: z.literal(true), ...shape }),
  ]);

const webhookOptions = z.strictObject({
  /** Largest body (KiB). */
  payload_size_limit_kb: z.number().positive().nullish(),
  /** Addresses and networks (CIDR) that may send. */
  ip_whitelist: section({ ips: z.array(z.string()).min(1) }).nullish(),
  /** Requests in each window of so many seconds. */
  rate_limit: section({ requests: z.int().positive(), window_seconds: z.int().positive() }).nullish(),
  /** `secret` is stored encrypted. */
  hmac: section({ secret: z.string().min(1), algorithm: z.enum(['sha256', 'sha512', 'sha1']) }).nullish(),
});

/** What a webhook demands of those who send to it. */
export type WebhookOptions = z.output<typeof webhookOptions>;

/** Null when they cannot be understood: nobody gets in then, because a check might be missing. */
export function readWebhookOptions(stored: unknown): WebhookOptions | null {
  const parsed = webhookOptions.safeParse(stored);
  return parsed.success ? parsed.data : null;
}
