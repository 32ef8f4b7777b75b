import { type Database, execute, sql, type Sql } from '@attune/common';

/** One request to a webhook, as it is remembered. */
export interface WebhookLogEntry {
  readonly trigger: number;
  readonly triggerRef: string;
  /** Last four characters. */
  readonly keyEnd: string;
  readonly sourceIp: string;
  readonly userAgent: string | null;
  readonly sizeBytes: number;
  readonly statusCode: number;
  readonly error: string | null;
  readonly processingMs: number;
  /** Null: not checked. */
  readonly isSignatureRight: boolean | null;
  readonly isRateLimited: boolean;
  /** Null: not checked. */
  readonly isAddressAllowed: boolean | null;
}

/** Remembers a request that was refused. */
export async function logRefusal(db: Database, entry: WebhookLogEntry): Promise<void> {
  await execute(db, insertLogs([entry], sql`null::bigint`, sql``));
}

/** Remembers accepted requests in the statement that records their events, which are given in the same order. */
export const logAccepted = (entries: readonly WebhookLogEntry[]): Sql => sql`, logged as (
    ${insertLogs(entries, sql`n.id`, sql`join new_event as n on n.position = l.position`)}
  )`;

/** The insert, with the event a request led to as an expression. */
const insertLogs = (entries: readonly WebhookLogEntry[], event: Sql, join: Sql): Sql => sql`
  insert into webhook_event_log (
    trigger, trigger_ref, webhook_key, event, source_ip, user_agent, payload_size_bytes, status_code, error,
    processing_ms, hmac_verified, rate_limited, ip_allowed
  )
  select l.trigger, l.trigger_ref, l.webhook_key, ${event}, l.source_ip::inet, l.user_agent, l.payload_size_bytes,
    l.status_code, l.error, l.processing_ms, l.hmac_verified, l.rate_limited, l.ip_allowed
  from unnest(
    ${entries.map(({ trigger }) => trigger)}::bigint[],
    ${entries.map(({ triggerRef }) => triggerRef)}::text[],
    ${entries.map(({ keyEnd }) => keyEnd)}::text[],
    ${entries.map(({ sourceIp }) => sourceIp)}::text[],
    ${entries.map(({ userAgent }) => userAgent)}::text[],
    ${entries.map(({ sizeBytes }) => sizeBytes)}::integer[],
    ${entries.map(({ statusCode }) => statusCode)}::integer[],
    ${entries.map(({ error }) => error)}::text[],
    ${entries.map(({ processingMs }) => processingMs)}::integer[],
    ${entries.map(({ isSignatureRight }) => isSignatureRight)}::boolean[],
    ${entries.map(({ isRateLimited }) => isRateLimited)}::boolean[],
    ${entries.map(({ isAddressAllowed }) => isAddressAllowed)}::boolean[]
  ) with ordinality as l (
    trigger, trigger_ref, webhook_key, source_ip, user_agent, payload_size_bytes, status_code, error, processing_ms,
    hmac_verified, rate_limited, ip_allowed, position
  )
  ${join}`;
